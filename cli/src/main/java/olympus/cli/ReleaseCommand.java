package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Forgets stacks and leaves what they consist of running. */
@Command(
        description = {
            "Forgets a stack and leaves its containers and units exactly as they are, to whoever manages them next (docker compose, systemctl).",
            "What is under way is finished or taken back first, and the engines' own restart policies are put back: it waits for that, and the stack is listed as being released until then.",
            "Host processes cannot be released: nobody else could manage them."
        },
        footer = "%nExamples:%n  olympus release shop%n  olympus release --all --yes")
final class ReleaseCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(arity = "0..1", paramLabel = "STACK", description = "the stack's name")
    private @Nullable String stack;

    @Option(names = "--all", description = "Every stack.")
    private boolean all;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Mixin private final WaitOptions waiting = new WaitOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    ReleaseCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (all == (stack != null)) {
            throw new ParameterException(spec.commandLine(), "give a STACK or --all");
        }
        var api = session.api(options);
        var names = stack == null ? everyStack(api) : List.of(GivenNames.stack(stack));
        confirm(names);
        var document = JSON.createObjectNode();
        var released = document.putArray("releasing");
        for (var name : names) {
            var answer = release(api, name, names);
            answer.path("releasing").forEach(released::add);
        }
        var patience = waiting.patience();
        var left =
                waiting.isWanted() && !names.isEmpty()
                        ? UnderWay.await(
                                patience, new UnderWay(api, names)::leaving, session::remark)
                        : List.<String>of();
        if (!left.isEmpty()) {
            throw UnderWay.notDone(
                    "release of %s ordered".formatted(String.join(", ", names)),
                    patience,
                    left,
                    "olympus wait " + String.join(" ", names));
        }
        document.put("done", waiting.isWanted());
        session.print(options, document, _ -> tell(released));
        return ExitCodes.OK;
    }

    /** A refusal names what was released before it. */
    private static JsonNode release(Api api, String name, List<String> names) {
        try {
            return api.post("/stacks/" + Api.escape(name) + "/release", null).body();
        } catch (CommandFailure failure) {
            var before = names.subList(0, names.indexOf(name));
            throw before.isEmpty()
                    ? failure
                    : new CommandFailure(
                            failure.exitCode(),
                            "%s%nReleased before: %s"
                                    .formatted(failure.getMessage(), String.join(", ", before)),
                            failure);
        }
    }

    private static List<String> everyStack(Api api) {
        var names = new ArrayList<String>();
        api.list("/stacks", "stacks")
                .path("stacks")
                .forEach(one -> names.add(one.path("stack").asString()));
        return names;
    }

    private void confirm(List<String> names) {
        if (yes || names.isEmpty()) {
            return;
        }
        session.say("This forgets, and leaves running: " + String.join(", ", names));
        if (!session.console().interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was released: say --yes to release without being asked");
        }
        if (!session.console().confirm("Release " + String.join(", ", names) + "?")) {
            throw new CommandFailure(ExitCodes.REFUSED, "nothing was released");
        }
    }

    private void tell(JsonNode released) {
        if (released.isEmpty()) {
            session.say("nothing to release");
        }
        released.forEach(service -> session.say("left as it is: " + service.asString()));
        if (!waiting.isWanted() && !released.isEmpty()) {
            session.say("ordered; olympus stacks lists them until it is done");
        }
    }
}
