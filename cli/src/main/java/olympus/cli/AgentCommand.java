package olympus.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code olympus agent}: only the agent, on a machine without a server, in the foreground. */
@Command(
        description = {
            "Runs only the agent: this machine becomes a node of an island whose servers run elsewhere.",
            "The first time it needs --server and --token; from then on its data folder knows the servers. Its services are supervised whether or not a server is reached.",
            "Ends cleanly on SIGTERM and SIGINT; services keep running and are adopted by the next start."
        },
        footer =
                "%nExamples:%n  olympus agent --server https://10.0.0.1:7400 --token olympus-agent.…%n  olympus agent")
final class AgentCommand implements Callable<Integer> {

    private final ServerProgram program;

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description =
                    "Where everything is kept (OLYMPUS_DATA_DIR; else $XDG_DATA_HOME/olympus, for root /var/lib/olympus).")
    private @Nullable Path dataFolder;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            description =
                    "The API of any server of the island, which lets this machine in (OLYMPUS_AGENT_SERVER). Once it is in, the option is not needed any more.",
            defaultValue = "${env:OLYMPUS_AGENT_SERVER}")
    private @Nullable String server;

    @Option(
            names = "--token",
            paramLabel = "T",
            description =
                    "The agent token that `olympus token create --agent` printed. Better given as OLYMPUS_AGENT_TOKEN.",
            defaultValue = "${env:OLYMPUS_AGENT_TOKEN}")
    private @Nullable String token;

    @Option(
            names = "--name",
            paramLabel = "N",
            description =
                    "What the node is called; else as the machine is. Counts only when it is let in.")
    private @Nullable String name;

    @Option(
            names = "--advertise",
            paramLabel = "ADDRESS",
            description =
                    "Under which name or address services of this machine are reached (OLYMPUS_ADVERTISE); else the address from which the servers see it.",
            defaultValue = "${env:OLYMPUS_ADVERTISE}")
    private @Nullable String advertise;

    @Option(
            names = "--stop-services",
            description =
                    "The clean stop ends the services too, dependants before what they depend on.")
    private boolean stopServices;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    AgentCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        var isToldServer = spec.commandLine().getParseResult().hasMatchedOption("--server");
        if (isToldServer && token == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--server needs --token T, which `olympus token create --agent` prints on a server of the island");
        }
        return program.agent(
                new ServerProgram.AgentStart(
                        Optional.ofNullable(dataFolder),
                        Optional.ofNullable(server)
                                .flatMap(address ->
                                        Optional.ofNullable(token)
                                                .map(text ->
                                                        new ServerProgram.Join(address, text))),
                        Optional.ofNullable(name),
                        Optional.ofNullable(advertise),
                        stopServices));
    }
}
