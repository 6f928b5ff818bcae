package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a machine that runs only the agent go. */
@Command(
        description = {
            "Removes a machine that runs only the agent: its links end at once, and its certificate is worth nothing from then on.",
            "Refused while instances are assigned to it; with --force they are left to themselves until its agent is ended with --stop-services. The machine of a server leaves with olympus servers remove.",
            "A member that is managed elsewhere is listed no more; nothing is sent to it."
        })
final class NodeRemoveCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NODE", description = "its name or id, as olympus nodes lists it")
    private String node = "";

    @Option(names = "--force", description = "Even while instances are assigned to it.")
    private boolean force;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    NodeRemoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (!yes) {
            confirm();
        }
        var body =
                session.api(options)
                        .delete("/nodes/" + Api.escape(node) + (force ? "?force=true" : ""))
                        .body();
        session.print(
                options, body, gone -> session.say(gone.path("node").asString() + " is removed"));
        return ExitCodes.OK;
    }

    private void confirm() {
        if (!session.console().interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was changed: say --yes to have it removed without being asked");
        }
        if (!session.console().confirm("Remove node " + node + " from the island?")) {
            throw new CommandFailure(ExitCodes.REFUSED, "nothing was changed");
        }
    }
}
