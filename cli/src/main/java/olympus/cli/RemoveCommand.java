package olympus.cli;

import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops and forgets a stack. */
@Command(
        description =
                "Stops the services of a stack in reverse dependency order and forgets the stack. Data of the services is kept.")
final class RemoveCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "STACK", description = "the stack's name")
    private String stack = "";

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    RemoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var name = GivenNames.stack(stack);
        var api = session.api(options);
        var names = new StringJoiner(", ");
        var path = "/services/" + Api.escape(name);
        for (var service : api.list(path, "services").path("services")) {
            names.add(service.path("service").asString());
        }
        if (!yes) {
            confirm(names.toString());
        }
        var answer = api.delete("/stacks/" + Api.escape(name));
        session.print(options, answer.body(), body -> session.say("removing " + names));
        return ExitCodes.OK;
    }

    private void confirm(String names) {
        session.say("This stops and removes: " + names);
        if (!session.console().interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was removed: say --yes to remove without being asked");
        }
        if (!session.console().confirm("Remove stack " + stack + "?")) {
            throw new CommandFailure(ExitCodes.REFUSED, "nothing was removed");
        }
    }
}
