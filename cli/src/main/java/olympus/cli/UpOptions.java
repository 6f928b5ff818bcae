package olympus.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code olympus up} and {@code olympus server} take. */
final class UpOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description =
                    "Where everything is kept (OLYMPUS_DATA_DIR; else $XDG_DATA_HOME/olympus, for root /var/lib/olympus).")
    private @Nullable Path dataFolder;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where the API is served (http.listen; for up 127.0.0.1:7400, for server 0.0.0.0:7400). Port 0: a free one.")
    private @Nullable String listen;

    @Option(
            names = "--peers-listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where other servers reach the store (peers.listen; for server, and with --join, two ports above the API's).")
    private @Nullable String peersListen;

    @Option(
            names = "--agents-listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where agents of other machines connect (agents.listen; for server, and with --join, one port above the API's).")
    private @Nullable String agentsListen;

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            description =
                    "Under which name or address other machines reach this one (advertise); needed where there are several.")
    private @Nullable String advertise;

    @Option(
            names = "--join",
            paramLabel = "ADDRESS",
            description =
                    "Become one more server of the island whose server has its API at this address (OLYMPUS_JOIN). Once joined, the option is not needed any more.",
            defaultValue = "${env:OLYMPUS_JOIN}")
    private @Nullable String join;

    @Option(
            names = "--token",
            paramLabel = "T",
            description =
                    "The join token that `olympus servers add` printed. Better given as OLYMPUS_JOIN_TOKEN.",
            defaultValue = "${env:OLYMPUS_JOIN_TOKEN}")
    private @Nullable String token;

    @Option(
            names = "--stack",
            paramLabel = "DIR",
            description = "A stack folder to apply once ready; may be given several times.")
    private List<Path> stacks = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration; else olympus-server.yaml in the data folder, where there is one.")
    private @Nullable Path configuration;

    @Option(
            names = "--stop-services",
            description =
                    "The clean stop ends the services too, dependants before what they depend on.")
    private boolean stopServices;

    ServerProgram.Up order(CommandSpec spec) {
        var isToldToJoin = spec.commandLine().getParseResult().hasMatchedOption("--join");
        if (isToldToJoin && token == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--join needs --token T, which `olympus servers add` prints on a server of the island");
        }
        if (isToldToJoin && !stacks.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--stack does not go with --join: apply stacks to the island, with olympus apply");
        }
        return new ServerProgram.Up(
                Optional.ofNullable(dataFolder),
                new ServerProgram.Listen(
                        Optional.ofNullable(listen),
                        Optional.ofNullable(peersListen),
                        Optional.ofNullable(agentsListen),
                        Optional.ofNullable(advertise)),
                stacks,
                Optional.ofNullable(configuration),
                stopServices,
                Optional.ofNullable(join)
                        .flatMap(address ->
                                Optional.ofNullable(token)
                                        .map(text -> new ServerProgram.Join(address, text))));
    }
}
