package olympus.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the server, first match wins: {@code --data-dir}, {@code --address}, {@code
 * OLYMPUS_ADDRESS}, {@code OLYMPUS_DATA_DIR}, the context file, the default data folder.
 *
 * <p>A data folder tells its server's address in {@code endpoint.json}, the token in {@code
 * admin.token}. {@code OLYMPUS_TOKEN} and {@code OLYMPUS_CACERT} go with {@code OLYMPUS_ADDRESS};
 * where that is not set, they go before what the place that names the server offers.
 */
final class ServerFinder {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_ADDRESSES = 8;
    private static final String TOKEN = "OLYMPUS_TOKEN";
    private static final String CA_CERTIFICATE = "OLYMPUS_CACERT";

    private final Map<String, String> environment;
    private final Path home;

    ServerFinder(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    /** The options given on the command line, each may be absent. */
    record Given(
            Optional<Path> dataDirectory,
            Optional<String> address,
            Optional<String> token,
            Optional<Path> caCertificate,
            Optional<String> context) {}

    /** The variables that the command was started with. */
    Map<String, String> environment() {
        return environment;
    }

    ServerAddress find(Given given) {
        if (given.dataDirectory().isPresent()) {
            return fromDataDirectory(given.dataDirectory().get(), given, "--data-dir");
        }
        if (given.address().isPresent()) {
            return fromAddress(given.address().get(), given, "--address");
        }
        if (given.context().isPresent()) {
            return fromContext(given.context(), given);
        }
        var address = environment.get("OLYMPUS_ADDRESS");
        if (address != null && !address.isBlank()) {
            return fromAddress(address, given, "OLYMPUS_ADDRESS");
        }
        var dataDirectory = environment.get("OLYMPUS_DATA_DIR");
        if (dataDirectory != null && !dataDirectory.isBlank()) {
            return fromDataDirectory(Path.of(dataDirectory), given, "OLYMPUS_DATA_DIR");
        }
        if (Files.exists(contextFile())) {
            return fromContext(Optional.empty(), given);
        }
        return fromDataDirectory(defaultDataDirectory(), given, "the default data folder");
    }

    /** The data folder on this machine that a command without a server is about. */
    Path dataDirectory(Given given) {
        return given.dataDirectory()
                .or(() ->
                        Optional.ofNullable(environment.get("OLYMPUS_DATA_DIR"))
                                .filter(text -> !text.isBlank())
                                .map(Path::of))
                .orElseGet(this::defaultDataDirectory);
    }

    /** Where {@code olympus up} keeps its data unless told otherwise. */
    Path defaultDataDirectory() {
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/olympus");
        }
        var xdg = environment.get("XDG_DATA_HOME");
        return (xdg == null || xdg.isBlank() ? home.resolve(".local/share") : Path.of(xdg))
                .resolve("olympus");
    }

    /** The file of named servers: {@code $XDG_CONFIG_HOME/olympus/contexts.json}. */
    Path contextFile() {
        var xdg = environment.get("XDG_CONFIG_HOME");
        return (xdg == null || xdg.isBlank() ? home.resolve(".config") : Path.of(xdg))
                .resolve("olympus")
                .resolve("contexts.json");
    }

    private ServerAddress fromAddress(String address, Given given, String origin) {
        var token =
                token(given, variable(TOKEN))
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCodes.USAGE,
                                        origin
                                                + " names the server "
                                                + address
                                                + ", but there is no token: set OLYMPUS_TOKEN or give --token"));
        var ca = given.caCertificate().or(() -> variable(CA_CERTIFICATE).map(Path::of));
        return new ServerAddress(uris(address, origin), token, ca, origin, Optional.empty());
    }

    private ServerAddress fromDataDirectory(Path directory, Given given, String origin) {
        var endpoint = directory.resolve("endpoint.json");
        if (!Files.exists(endpoint)) {
            throw new CommandFailure(
                    ExitCodes.CANNOT_CONNECT,
                    "no server has been started on the data folder %s (%s): there is no %s. %s"
                            .formatted(
                                    directory,
                                    origin,
                                    endpoint,
                                    Installation.own().toBegin(directory)));
        }
        var json = read(endpoint);
        var problem = json.path("problem").asString("");
        if (!problem.isEmpty()) {
            throw notServing(directory, problem);
        }
        var address = json.path("address").asString("");
        var token =
                token(given, loose(TOKEN))
                        .orElseGet(() -> readToken(directory.resolve("admin.token")));
        var ca =
                given.caCertificate()
                        .or(() -> loose(CA_CERTIFICATE).map(Path::of))
                        .orElseGet(
                                () -> directory.resolve(json.path("caCertificate").asString("")));
        return new ServerAddress(
                uris(address, endpoint.toString()),
                token,
                Optional.of(ca),
                "data folder " + directory,
                Optional.of(directory));
    }

    private static CommandFailure notServing(Path directory, String problem) {
        return new CommandFailure(
                ExitCodes.CANNOT_CONNECT,
                MachineChecks.holder(directory)
                        .map(pid ->
                                "the server on the data folder %s (pid %s) supervises, but cannot be asked: %s"
                                        .formatted(directory, pid, problem))
                        .orElseGet(() ->
                                "no server runs on the data folder %s. %s. The last one said: %s"
                                        .formatted(
                                                directory,
                                                Installation.own().toBegin(directory),
                                                problem)));
    }

    private ServerAddress fromContext(Optional<String> name, Given given) {
        var file = contextFile();
        if (!Files.exists(file)) {
            throw new CommandFailure(
                    ExitCodes.USAGE,
                    "no context \"%s\": there is no %s. Create it with: olympus context %s --address https://HOST:PORT --cacert FILE (with OLYMPUS_TOKEN set), or olympus context %s --data-dir D"
                            .formatted(
                                    name.orElse("current"),
                                    file,
                                    name.orElse("NAME"),
                                    name.orElse("NAME")));
        }
        var json = read(file);
        var wanted = name.orElseGet(() -> json.path("current").asString(""));
        var context = json.path("contexts").path(wanted);
        if (context.isMissingNode()) {
            throw new CommandFailure(
                    ExitCodes.USAGE,
                    "no context \"%s\" in %s; it has: %s"
                            .formatted(
                                    wanted,
                                    file,
                                    String.join(", ", json.path("contexts").propertyNames())));
        }
        if (context.has("dataDirectory")) {
            return fromDataDirectory(
                    Path.of(context.path("dataDirectory").asString()), given, "context " + wanted);
        }
        var origin = "context " + wanted;
        var token =
                token(given, loose(TOKEN))
                        .orElseGet(() ->
                                new ServerAddress.Token(
                                        context.path("token").asString(""),
                                        "%s in %s".formatted(origin, file)));
        var ca =
                given.caCertificate()
                        .or(() -> loose(CA_CERTIFICATE).map(Path::of))
                        .or(() ->
                                Optional.ofNullable(context.get("caCertificate"))
                                        .map(node -> Path.of(node.asString())));
        return new ServerAddress(
                uris(context.path("address").asString(""), origin),
                token,
                ca,
                origin,
                Optional.empty());
    }

    /** The token that was given to this call. */
    private static Optional<ServerAddress.Token> token(Given given, Optional<String> variable) {
        return given.token()
                .map(text -> new ServerAddress.Token(text, "--token"))
                .or(() -> variable.map(text -> new ServerAddress.Token(text, TOKEN)));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }

    /** A variable that is not already that of the server named by OLYMPUS_ADDRESS. */
    private Optional<String> loose(String name) {
        return variable("OLYMPUS_ADDRESS").isPresent() ? Optional.empty() : variable(name);
    }

    /** One address, or those of several servers of one island, separated by commas. */
    private static List<URI> uris(String addresses, String origin) {
        return Arrays.stream(addresses.split(",", MAX_ADDRESSES + 1))
                .map(address -> uri(address.strip(), origin))
                .toList();
    }

    private static URI uri(String address, String origin) {
        var text = address.contains("://") ? address : "https://" + address;
        try {
            var uri = URI.create(text);
            if (uri.getHost() != null && "https".equals(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw badAddress(address, origin);
        }
        throw badAddress(address, origin);
    }

    private static CommandFailure badAddress(String address, String origin) {
        return new CommandFailure(
                ExitCodes.USAGE,
                "not a server address: \"%s\" (%s); expected https://HOST:PORT, or several of one island with commas between them"
                        .formatted(address, origin));
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.CANNOT_CONNECT, "cannot read " + file + ": " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new CommandFailure(
                    ExitCodes.USAGE, file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static ServerAddress.Token readToken(Path file) {
        try {
            return new ServerAddress.Token(Files.readString(file).strip(), "the file " + file);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "cannot read the token file %s (%s): run as its owner, or give --token"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
