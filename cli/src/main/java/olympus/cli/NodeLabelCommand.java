package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Sets and removes labels of a node. */
@Command(
        description = {
            "Sets labels of a node, or removes them. Services are placed by them, and commands choose nodes by them.",
            "A label that is not named stays as it is."
        },
        footer =
                "%nExamples:%n  olympus node label mars role=web rack=b2%n  olympus node label mars rack-")
final class NodeLabelCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(index = "0", paramLabel = "NODE", description = "its name, or its id")
    private String node = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE|KEY-",
            description = "KEY=VALUE sets a label, KEY- removes it")
    private List<String> changes = new ArrayList<>();

    NodeLabelCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var name = GivenNames.node(node);
        var body = JSON.createObjectNode();
        var labels = body.putObject("labels");
        var removed = body.putArray("remove");
        for (var change : changes) {
            var equals = change.indexOf('=');
            if (equals > 0) {
                labels.put(change.substring(0, equals), change.substring(equals + 1));
            } else if (equals < 0 && change.length() > 1 && change.endsWith("-")) {
                removed.add(change.substring(0, change.length() - 1));
            } else {
                throw new CommandFailure(
                        ExitCodes.USAGE,
                        "not a change of a label: \"%s\"; expected KEY=VALUE, or KEY- to remove it"
                                .formatted(change));
            }
        }
        var answer =
                session.api(options)
                        .post("/nodes/" + Api.escape(name) + "/labels", body, Map.of())
                        .body();
        session.print(
                options,
                answer,
                _ -> session.say("labelled %s: %s".formatted(name, String.join(", ", changes))));
        return ExitCodes.OK;
    }
}
