package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Lists a member of the inventory that is managed elsewhere. */
@Command(
        description = {
            "Lists a member that is managed elsewhere, such as a CDN, a provider's host, a NAS or a router.",
            "It stands beside the nodes with its labels. Nothing is ever placed on it, and no order and no question is sent to it; no machine is let in under its name. olympus node remove lists it no more."
        },
        footer =
                "%nExamples:%n  olympus node add-external cdn-1 --label kind=cdn --at cdn.example.net --note \"static files of the shop\"")
final class NodeAddExternalCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "what it is called, unlike any node")
    private String name = "";

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "A label of it; may be given more than once.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--at",
            paramLabel = "ADDRESS",
            description = "Where it is reached; shown, and never asked.")
    private String address = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "What people should know of it.")
    private String note = "";

    NodeAddExternalCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var body = JSON.createObjectNode().put("name", GivenNames.node(name));
        var given = body.putObject("labels");
        for (var label : labels) {
            var equals = label.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(
                        ExitCodes.USAGE,
                        "not a label: \"%s\"; expected KEY=VALUE".formatted(label));
            }
            given.put(label.substring(0, equals), label.substring(equals + 1));
        }
        body.put("address", address).put("note", note);
        var answer = session.api(options).post("/external-nodes", body, Map.of()).body();
        session.print(
                options,
                answer,
                _ ->
                        session.say(
                                "%s is listed as externally managed: nothing is placed on it, and it gets no orders"
                                        .formatted(name)));
        return ExitCodes.OK;
    }
}
