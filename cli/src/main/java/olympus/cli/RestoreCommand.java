package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a node into use again. */
@Command(
        description =
                "Takes a node into use again, after cordon, drain or maintenance. Nothing is moved back.")
final class RestoreCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NODE", description = "its name, or its id")
    private String node = "";

    RestoreCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var name = GivenNames.node(node);
        var answer =
                session.api(options).delete("/nodes/" + Api.escape(name) + "/withdrawal").body();
        session.print(options, answer, _ -> session.say(name + " takes instances again"));
        return ExitCodes.OK;
    }
}
