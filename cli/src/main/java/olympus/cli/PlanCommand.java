package olympus.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what an apply would change. */
@Command(
        description = {
            "Shows what applying a stack folder would change, and why. Changes nothing.",
            "With --what-if: shows what would happen to what is applied now if machines or servers failed, all those named at once. No folder is read then."
        },
        footer =
                "%nExamples:%n  olympus plan shop%n  olympus plan --what-if node-lost=mars%n  olympus plan --what-if node-lost=mars --what-if server-lost=two -o json")
final class PlanCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "DIR",
            description =
                    "a stack folder, or a realm folder with stacks as subfolders; the present one when not given",
            arity = "0..1")
    private @Nullable Path directory;

    @Option(
            names = "--what-if",
            paramLabel = "SUPPOSITION",
            description =
                    "node-lost=NODE, node-drained=NODE or server-lost=SERVER; may be given more than once.")
    private List<String> suppositions = new ArrayList<>();

    PlanCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        if (!suppositions.isEmpty()) {
            return suppose(api);
        }
        var files =
                StackFiles.read(
                        Objects.requireNonNullElse(directory, Path.of(".")), session, options);
        var plans =
                files.answers(stack ->
                        api.post(
                                        "/stacks/" + stack.definition().name() + "/plan",
                                        StackFiles.body(stack))
                                .body());
        session.print(
                options,
                files.document(plans),
                _ ->
                        plans.forEach(plan ->
                                PlanText.print(
                                        session.console().out(), plan, PlanText.Tense.PLANNED)));
        return ExitCodes.OK;
    }

    private int suppose(Api api) {
        if (directory != null) {
            throw new CommandFailure(
                    ExitCodes.USAGE,
                    "--what-if is about what is applied now, and reads no folder; leave out "
                            + directory);
        }
        var answer = api.get(Suppositions.path(suppositions)).body();
        session.print(options, answer, body -> Suppositions.print(session, body));
        return ExitCodes.OK;
    }
}
