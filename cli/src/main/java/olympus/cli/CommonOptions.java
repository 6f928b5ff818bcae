package olympus.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command takes. */
final class CommonOptions {

    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description =
                    "Data folder of a server on this machine: gives address, token and certificate. Also OLYMPUS_DATA_DIR.")
    @Nullable Path dataDirectory;

    @Option(
            names = "--address",
            paramLabel = "URL",
            description =
                    "Server, https://HOST:PORT, or several of one island with commas between: the first that can be reached is asked. Also OLYMPUS_ADDRESS, with OLYMPUS_TOKEN and OLYMPUS_CACERT.")
    @Nullable String address;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "API token. Better given as OLYMPUS_TOKEN, which is used for whichever server is found, unless OLYMPUS_ADDRESS names another one.")
    @Nullable String token;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "PEM file of the authority to trust.")
    @Nullable Path caCertificate;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "A named server of the context file.")
    @Nullable String context;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml. Default: table.")
    OutputFormat output = OutputFormat.TABLE;

    ServerFinder.Given given() {
        return new ServerFinder.Given(
                Optional.ofNullable(dataDirectory),
                Optional.ofNullable(address),
                Optional.ofNullable(token),
                Optional.ofNullable(caCertificate),
                Optional.ofNullable(context));
    }
}
