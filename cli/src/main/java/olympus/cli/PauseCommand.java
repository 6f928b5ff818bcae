package olympus.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Halts or resumes automatic action. */
@Command(description = "Halts or resumes automatic action.")
final class PauseCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Which way. */
    enum Direction {
        PAUSE(
                "Halts all automatic action (restarts, updates, moves) of everything, one stack or one node. Also works while the store does not."),
        RESUME("Ends a pause.");

        private final String help;

        Direction(String help) {
            this.help = help;
        }
    }

    private final Session session;
    private final Direction direction;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(names = "--stack", paramLabel = "S", description = "Only this stack.")
    private @Nullable String stack;

    @Option(names = "--node", paramLabel = "N", description = "Only this node.")
    private @Nullable String node;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why; shown in status and why. Not with resume.")
    private String reason = "by hand";

    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    PauseCommand(Session session, Direction direction) {
        this.session = session;
        this.direction = direction;
    }

    /** Lets the shared class describe itself as the direction it stands for. */
    @Spec
    void describe(CommandSpec given) {
        this.spec = given;
        given.usageMessage().description(direction.help);
    }

    @Override
    public Integer call() {
        if (stack != null && node != null) {
            throw new ParameterException(spec.commandLine(), "give --stack or --node, not both");
        }
        var scope = scope();
        var path = "/pauses/" + Api.escape(scope);
        var api = session.api(options);
        var body =
                switch (direction) {
                    case PAUSE ->
                            api.put(
                                            path,
                                            JSON.createObjectNode().put("reason", reason),
                                            java.util.Map.of())
                                    .body();
                    case RESUME -> api.delete(path).body();
                };
        session.print(options, body, answer -> tell(scope, answer));
        return ExitCodes.OK;
    }

    private String scope() {
        if (stack != null) {
            return "stack:" + GivenNames.stack(stack);
        }
        return node != null ? "node:" + GivenNames.node(node) : "all";
    }

    private void tell(String scope, JsonNode answer) {
        var agents = answer.path("agents").size();
        session.say(
                switch (direction) {
                    case PAUSE -> "paused %s: %d agent(s) told".formatted(scope, agents);
                    case RESUME -> "resumed %s: %d agent(s) told".formatted(scope, agents);
                });
        if (answer.has("recorded") && !answer.path("recorded").asBoolean()) {
            session.say(
                    "the store does not take writes at present: the agents hold the order themselves, the servers will not remember it");
        }
    }
}
