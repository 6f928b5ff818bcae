package olympus.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import olympus.model.stack.ApplyRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a stack folder the current revision of its stack. */
@Command(
        description = {
            "Makes a stack folder so. A second apply changes nothing.",
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
                    "Do not ask. Without --prune, an apply that would remove something is refused (exit 4).")
    private boolean yes;

    @Option(
            names = "--prune",
            description =
                    "Also stop and remove the services that are no longer declared. Asks on a terminal unless --yes.")
    private boolean prune;

    ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        for (var stack : StackFiles.read(directory, session)) {
            apply(api, stack);
        }
        return ExitCodes.OK;
    }

    private void apply(Api api, ApplyRequest stack) {
        var path = "/stacks/" + stack.definition().name();
        var body = StackFiles.body(stack);
        var planned = api.post(path + "/plan", body);
        var removals = PlanText.removals(planned.body());
        var consent = prune;
        if (!removals.isEmpty()) {
            consent = consentToRemove(String.join(", ", removals));
        }
        var headers = planned.etag().map(tag -> Map.of("If-Match", tag)).orElse(Map.of());
        var applied = api.put(path + "?prune=" + consent, body, headers);
        session.print(
                options,
                applied.body(),
                plan -> PlanText.print(session.console().out(), plan, PlanText.Tense.DONE));
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
