package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code olympus servers recover}: goes on with one server whose others are lost for ever. */
@Command(
        description = {
            "Makes this server the only one, on what its store holds, once the majority of the servers is lost for ever.",
            "Run it on the server that is left, while no process has its data folder. What the others acknowledged and this one never received is lost.",
            "The old store is kept beside the new one. The other servers, should they come back, have to join anew with empty stores."
        })
final class ServersRecoverCommand implements Callable<Integer> {

    private final ServerProgram program;

    @Mixin private final OfflineOptions options = new OfflineOptions();

    ServersRecoverCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return program.recover(options.order());
    }
}
