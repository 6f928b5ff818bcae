package olympus.engine;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where an engine listens: {@code unix:///…} or {@code tcp://host:port} (without TLS).
 *
 * @param uri as in {@code DOCKER_HOST}
 */
public record EngineAddress(URI uri) {

    public EngineAddress {
        var scheme = String.valueOf(uri.getScheme());
        if (!scheme.equals("unix") && !scheme.equals("tcp")) {
            throw new IllegalArgumentException(
                    "not the address of a container engine: \"%s\"; expected unix:///path/to.sock or tcp://host:port"
                            .formatted(uri));
        }
    }

    public static EngineAddress parse(String text) {
        try {
            return new EngineAddress(URI.create(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not the address of a container engine: \"%s\"; expected unix:///path/to.sock or tcp://host:port"
                            .formatted(text),
                    e);
        }
    }

    public static EngineAddress ofSocket(Path socket) {
        return parse("unix://" + socket);
    }

    /** Where engines usually are, in the order in which they are looked for. */
    public static List<EngineAddress> candidates(Map<String, String> environment) {
        var found = new ArrayList<EngineAddress>();
        var declared = environment.getOrDefault("DOCKER_HOST", "");
        if (!declared.isEmpty()) {
            found.add(parse(declared));
            return found;
        }
        found.add(ofSocket(Path.of("/var/run/docker.sock")));
        found.add(ofSocket(Path.of("/run/podman/podman.sock")));
        var runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty()) {
            found.add(ofSocket(Path.of(runtime, "docker.sock")));
            found.add(ofSocket(Path.of(runtime, "podman", "podman.sock")));
        }
        return found;
    }

    /** The first candidate whose socket is there; the usual one when none is. */
    public static EngineAddress find(Map<String, String> environment) {
        var all = candidates(environment);
        return all.stream().filter(EngineAddress::isThere).findFirst().orElse(all.getFirst());
    }

    /** Whether its socket exists; always true of a network address. */
    public boolean isThere() {
        return socket().map(Files::exists).orElse(true);
    }

    public Optional<Path> socket() {
        return uri.getScheme().equals("unix")
                ? Optional.of(Path.of(uri.getPath()))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
