package olympus.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows one node and what was placed on it. */
@Command(description = "Shows a node, what was placed on it, and what keeps that there.")
final class NodeShowCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NODE", description = "its name, or its id")
    private String node = "";

    NodeShowCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var body = session.api(options).get("/nodes/" + Api.escape(GivenNames.node(node))).body();
        session.print(options, body, this::tell);
        return ExitCodes.OK;
    }

    private void tell(JsonNode body) {
        var shown = body.path("node");
        var now = Instant.now();
        session.say("node:      %s (%s)".formatted(text(shown, "node"), text(shown, "id")));
        session.say("state:     " + NodesCommand.state(shown));
        if (shown.path("external").isObject()) {
            external(shown, now);
            return;
        }
        session.say("last seen: " + Ages.age(shown.path("lastSeen").asString("never"), now));
        session.say("labels:    " + NodesCommand.labels(shown));
        var order = shown.path("withdrawal");
        if (order.isObject()) {
            session.say(
                    "withdrawn: %s by %s, %s%s"
                            .formatted(
                                    text(order, "kind"),
                                    text(order, "by"),
                                    Ages.age(text(order, "since"), now),
                                    text(order, "reason").isEmpty()
                                            ? ""
                                            : ": " + text(order, "reason")));
        }
        MachineLines.of(body.path("machine")).forEach(session::say);
        shown.path("problems").forEach(problem -> session.say("problem:   " + problem.asString()));
        var table = new Table("INSTANCE", "STATE", "SINCE", "STAYS BECAUSE");
        for (var instance : body.path("instances")) {
            table.row(
                    text(instance, "instance"),
                    text(instance, "state"),
                    Ages.age(text(instance, "since"), now),
                    why(shown, text(instance, "instance")));
        }
        table.print(session.console().out());
    }

    private void external(JsonNode shown, Instant now) {
        var external = shown.path("external");
        session.say(
                "managed:   elsewhere; nothing is placed on it, and it gets no orders (added by %s, %s)"
                        .formatted(text(external, "by"), Ages.age(text(external, "since"), now)));
        session.say("address:   " + text(external, "address"));
        session.say("note:      " + text(external, "note"));
        session.say("labels:    " + NodesCommand.labels(shown));
    }

    private static String why(JsonNode shown, String instance) {
        return shown.path("staying")
                .valueStream()
                .filter(one -> text(one, "instance").equals(instance))
                .map(one -> text(one, "why"))
                .findFirst()
                .orElse("");
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).asString("");
    }
}
