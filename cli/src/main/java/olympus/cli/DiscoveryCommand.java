package olympus.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows where the instances of services are reached. */
@Command(
        description = "Shows where the instances of services are reached, and which are ready.",
        footer = "%nExamples:%n  olympus discovery%n  olympus discovery shop -o json")
final class DiscoveryCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "STACK", arity = "0..1", description = "only services of this stack")
    private String stack = "";

    DiscoveryCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var query = stack.isEmpty() ? "" : "?stack=" + Api.escape(stack);
        session.print(options, session.api(options).get("/discovery" + query).body(), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var table = new Table("INSTANCE", "NODE", "READY", "REACHED AT", "REMARKS");
        for (var service : body.path("services")) {
            for (var instance : service.path("instances")) {
                table.row(
                        instance.path("instance").asString(),
                        instance.path("node").asString(),
                        instance.path("ready").asBoolean() ? "yes" : "no",
                        reachedAt(instance),
                        instance.path("why").asString(""));
            }
        }
        table.print(session.console().out());
        for (var node : body.path("unheard")) {
            session.say("not heard yet: node " + node.asString());
        }
    }

    private static String reachedAt(JsonNode instance) {
        var ports =
                instance.path("ports")
                        .valueStream()
                        .filter(port -> !port.path("address").isNull())
                        .map(DiscoveryCommand::endpoint)
                        .collect(Collectors.joining(", "));
        return ports.isEmpty() ? instance.path("address").asString("-") : ports;
    }

    private static String endpoint(JsonNode port) {
        var address = port.path("address").asString();
        return "%s:%d/%s"
                .formatted(
                        address.contains(":") ? "[" + address + "]" : address,
                        port.path("number").asInt(),
                        port.path("protocol").asString());
    }
}
