package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Takes a node out of use. */
@Command
final class WithdrawCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** How far. */
    enum Action {
        CORDON("Gives a node nothing new; what runs there stays. Ended by olympus node uncordon."),
        DRAIN(
                "Gives a node nothing new, and moves what can run elsewhere: no more of a service at a time than an update may replace, the next when that is well. Ended by olympus node uncordon."),
        ON(
                "Empties a node for work on it, as drain does; besides, nobody is troubled by its being away. Ended by olympus node maintenance off.");

        private final String help;

        Action(String help) {
            this.help = help;
        }

        private String kind() {
            return switch (this) {
                case CORDON -> "cordon";
                case DRAIN -> "drain";
                case ON -> "maintenance";
            };
        }
    }

    private final Session session;
    private final Action action;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NODE", description = "its name, or its id")
    private String node = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why; shown with the node and in why.")
    private String reason = "";

    @Option(
            names = "--force",
            description =
                    "Move everything that can be moved at once, whatever that does to its services.")
    private boolean force;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description =
                    "Wait until what can leave has left; ends with 1 when something stays after TIME.")
    private @Nullable String wait;

    WithdrawCommand(Session session, Action action) {
        this.session = session;
        this.action = action;
    }

    /** Lets the shared class describe itself as the action it stands for. */
    @Spec
    void describe(CommandSpec given) {
        given.usageMessage().description(action.help);
    }

    @Override
    public Integer call() {
        var name = GivenNames.node(node);
        if (action == Action.CORDON && (force || wait != null)) {
            throw new CommandFailure(
                    ExitCodes.USAGE,
                    "cordon moves nothing: --force and --wait belong to drain and maintenance on");
        }
        var patience = Optional.ofNullable(wait).map(WaitOptions::parsed);
        var path = "/nodes/" + Api.escape(name);
        var api = session.api(options);
        var body =
                JSON.createObjectNode()
                        .put("kind", action.kind())
                        .put("reason", reason)
                        .put("force", force);
        var answer = api.put(path + "/withdrawal", body, Map.of()).body();
        if (patience.isPresent()) {
            var left =
                    UnderWay.await(
                            patience.get(),
                            () -> staying(api.get(path).body().path("node")),
                            session::remark);
            if (!left.isEmpty()) {
                throw UnderWay.notDone(
                        "%s takes nothing new".formatted(name),
                        patience.get(),
                        left,
                        "olympus node %s %s --wait 5m"
                                .formatted(action == Action.ON ? "maintenance on" : "drain", name));
            }
        }
        session.print(options, answer, _ -> session.say(told(name, patience.isPresent())));
        return ExitCodes.OK;
    }

    private String told(String name, boolean waited) {
        return switch (action) {
            case CORDON -> name + " takes nothing new; what runs there stays";
            case DRAIN, ON ->
                    waited
                            ? name
                                    + " takes nothing new, and everything that can run elsewhere has left it"
                            : "%s takes nothing new; what can run elsewhere leaves it (olympus node show %s tells what is left)"
                                    .formatted(name, name);
        };
    }

    private static List<String> staying(JsonNode node) {
        var left = new ArrayList<String>();
        for (var one : node.path("staying")) {
            if (one.path("bound").asBoolean()) {
                continue;
            }
            var why = one.path("why").asString("");
            left.add(one.path("instance").asString() + (why.isEmpty() ? "" : ": " + why));
        }
        return left;
    }
}
