package olympus.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import olympus.model.stack.ApplyRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Makes a stack folder the current revision of its stack. */
@Command(
        description = {
            "Makes a stack folder so. A second apply changes nothing.",
            "It ends once that is ordered, and says what is still under way; --wait waits for it, as olympus wait does.",
            "Where the files bring a stack under mode manage, it shows what that does at once, and asks, as olympus mode does.",
            "What is no longer declared is removed only with consent: it is named and asked for on a terminal, or --prune gives it; --yes alone does not remove."
        })
final class ApplyCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "DIR",
            description = "a stack folder, or a realm folder with stacks as subfolders")
    private Path directory = Path.of(".");

    @Option(
            names = {"-y", "--yes"},
            description =
                    "Do not ask, also where a stack comes under mode manage. Without --prune, an apply that would remove something is refused (exit 4).")
    private boolean yes;

    @Option(
            names = "--prune",
            description =
                    "Also stop and remove the services that are no longer declared. Asks on a terminal unless --yes.")
    private boolean prune;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description =
                    "Wait until nothing of it is under way any more, so long at most (2m, 90s); exit code 1 when something still is, or is not well then.")
    private @Nullable String wait;

    ApplyCommand(Session session) {
        this.session = session;
    }

    /** A stack, what applying it would change, and against which revision that was planned. */
    private record Planned(ApplyRequest stack, JsonNode body, Api.Answer plan) {

        String path() {
            return "/stacks/" + stack.definition().name();
        }
    }

    /** Plans and asks for every stack before the first is applied, so that a refusal is whole. */
    @Override
    public Integer call() {
        var api = session.api(options);
        var files = StackFiles.read(directory, session, options);
        var planned = new ArrayList<Planned>();
        for (var stack : files.stacks()) {
            var body = StackFiles.body(stack);
            var path = "/stacks/" + stack.definition().name() + "/plan";
            planned.add(new Planned(stack, body, api.post(path, body)));
        }
        var removals =
                planned.stream()
                        .flatMap(one -> PlanText.removals(one.plan().body()).stream())
                        .toList();
        var consent = removals.isEmpty() ? prune : consentToRemove(String.join(", ", removals));
        for (var one : planned) {
            new Takeover(session, api, one.stack().definition().name().value())
                    .consent(
                            one.plan().body().path("handover"),
                            yes,
                            options,
                            "nothing was applied");
        }
        var applied = new ArrayList<JsonNode>();
        try {
            planned.forEach(one -> applied.add(apply(api, one, consent)));
        } catch (CommandFailure failure) {
            throw files.realm() ? halfway(failure, planned, applied) : failure;
        }
        var underWay = new UnderWay(api, names(planned));
        session.print(
                options,
                files.document(applied),
                _ ->
                        applied.forEach(plan ->
                                PlanText.print(
                                        session.console().out(), plan, PlanText.Tense.DONE)));
        follow(underWay);
        return ExitCodes.OK;
    }

    private static List<String> names(List<Planned> planned) {
        return planned.stream().map(one -> one.stack().definition().name().value()).toList();
    }

    private void follow(UnderWay underWay) {
        var again = "olympus wait " + String.join(" ", underWay.stacks());
        if (wait == null) {
            underWay.tell(session, options, again);
            return;
        }
        var patience = WaitOptions.parsed(wait);
        var left = UnderWay.await(patience, underWay::services, session::remark);
        if (!left.isEmpty()) {
            throw UnderWay.notDone("applied", patience, left, again);
        }
        var unwell = underWay.unwell();
        if (!unwell.isEmpty()) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "applied, and nothing is under way any more, but not all is well:%n  %s"
                            .formatted(String.join("%n  ".formatted(), unwell)));
        }
    }

    private static JsonNode apply(Api api, Planned planned, boolean consent) {
        var headers = planned.plan().etag().map(tag -> Map.of("If-Match", tag)).orElse(Map.of());
        return api.put(planned.path() + "?prune=" + consent, planned.body(), headers).body();
    }

    /** Says which stacks of the realm were applied before one could not be. */
    private static CommandFailure halfway(
            CommandFailure failure, List<Planned> planned, List<JsonNode> applied) {
        var names = names(planned);
        var done = names.subList(0, applied.size());
        return new CommandFailure(
                failure.exitCode(),
                "stack %s: %s%nApplied before: %s; not applied: %s"
                        .formatted(
                                names.get(applied.size()),
                                failure.getMessage(),
                                done.isEmpty() ? "none" : String.join(", ", done),
                                String.join(", ", names.subList(applied.size(), names.size()))),
                failure);
    }

    private boolean consentToRemove(String removals) {
        var console = session.console();
        console.err().println("This apply would stop and remove: " + removals);
        if (prune && (yes || !console.interactive())) {
            return true;
        }
        if (yes || !console.interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was applied: removing %s needs --prune".formatted(removals));
        }
        if (!console.confirm("Remove " + removals + "?")) {
            throw new CommandFailure(ExitCodes.REFUSED, "nothing was applied");
        }
        return true;
    }
}
