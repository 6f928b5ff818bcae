package olympus.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows what an apply would change. */
@Command(description = "Shows what applying a stack folder would change, and why. Changes nothing.")
final class PlanCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "DIR",
            description = "a stack folder, or a realm folder with stacks as subfolders")
    private Path directory = Path.of(".");

    PlanCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var files = StackFiles.read(directory, session, options);
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
}
