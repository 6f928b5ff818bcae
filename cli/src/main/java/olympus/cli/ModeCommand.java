package olympus.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows or orders what Olympus may do with a stack. */
@Command(
        description = {
            "Shows what Olympus may do with a stack, or orders it.",
            "observe: tell what it does and touch nothing. ask: act once a person has approved. manage: keep it as declared.",
            "manage also does at once what was not approved yet, or was denied: it shows first which instances it would replace, start or restart, and asks (--yes: without asking). Where there is none, nothing is restarted. Then it waits until the engines leave restarting to Olympus."
        },
        footer = "%nExamples:%n  olympus mode shop%n  olympus mode shop manage")
final class ModeCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The modes, as they are written. */
    enum Mode {
        observe,
        ask,
        manage
    }

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(index = "0", paramLabel = "STACK", description = "the stack's name")
    private String stack = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "MODE",
            description = "${COMPLETION-CANDIDATES}; without it the mode in force is shown")
    private @Nullable Mode mode;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Mixin private final WaitOptions waiting = new WaitOptions();

    ModeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var name = GivenNames.stack(stack);
        var api = session.api(options);
        if (mode == null) {
            session.print(
                    options,
                    inForce(api, name),
                    body -> session.say(name + " is in mode " + body.path("mode").asString()));
        } else {
            var headers =
                    mode == Mode.manage
                            ? new Takeover(session, api, name).consent(yes, options)
                            : Map.<String, String>of();
            var body =
                    api.put(
                                    "/stacks/" + Api.escape(name) + "/mode",
                                    JSON.createObjectNode().put("mode", mode.name()),
                                    headers)
                            .body();
            session.print(options, body, _ -> session.say(name + " is in mode " + mode + " now"));
            if (mode == Mode.manage && waiting.isWanted()) {
                new Takeover(session, session.patientApi(options), name).await(waiting.patience());
            }
        }
        return ExitCodes.OK;
    }

    private static JsonNode inForce(Api api, String name) {
        for (var one : api.list("/stacks", "stacks").path("stacks")) {
            if (one.path("stack").asString().equals(name)) {
                return JSON.createObjectNode()
                        .put("stack", name)
                        .put("mode", one.path("mode").asString());
            }
        }
        throw new CommandFailure(
                ExitCodes.FAILED,
                "there is no stack \"%s\" (olympus stacks lists them)".formatted(name));
    }
}
