package olympus.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.FolderLock;
import olympus.foundation.OlympusException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder that one process owns while it runs: {@code D/lock} is held for as long, and names its
 * pid.
 *
 * <p>The lock is the kernel's, so it goes with the process, however that ends.
 */
public final class DataFolder implements AutoCloseable {

    private final Path root;
    private final FolderLock lock;

    private DataFolder(Path root, FolderLock lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Takes the folder, making it (mode 0700) where it does not exist; refused while another
     * process holds it.
     */
    public static DataFolder open(Path folder) {
        var root = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(
                    root,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            return new DataFolder(root, FolderLock.acquire(root));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot use the data folder %s (%s); give a folder that this user may write with --data-dir"
                            .formatted(root, e),
                    e);
        }
    }

    /** {@code $XDG_DATA_HOME/olympus}, or {@code /var/lib/olympus} for root. */
    public static Path standard(Map<String, String> environment) {
        var home = Path.of(Optional.ofNullable(environment.get("HOME")).orElse("/"));
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/olympus");
        }
        return shared(environment, home).resolve("olympus");
    }

    private static Path shared(Map<String, String> environment, Path home) {
        var xdg = environment.get("XDG_DATA_HOME");
        return xdg == null || xdg.isBlank() ? home.resolve(".local/share") : Path.of(xdg);
    }

    public Path root() {
        return root;
    }

    public Path resolve(String name) {
        return root.resolve(name);
    }

    /** Where the command line finds this server: {@code endpoint.json}, replaced whole. */
    public void writeEndpoint(String address, Path caCertificate) {
        var json = JsonMapper.shared();
        var endpoint = json.createObjectNode();
        endpoint.put("address", address);
        endpoint.put("caCertificate", root.relativize(caCertificate.toAbsolutePath()).toString());
        endpoint.put("pid", ProcessHandle.current().pid());
        replace(root.resolve("endpoint.json"), json.writeValueAsString(endpoint) + "\n");
    }

    /** Writes why this process cannot be asked, in the place of where. */
    public void writeNoEndpoint(String problem) {
        var json = JsonMapper.shared();
        var endpoint = json.createObjectNode();
        endpoint.put("problem", problem);
        endpoint.put("pid", ProcessHandle.current().pid());
        replace(root.resolve("endpoint.json"), json.writeValueAsString(endpoint) + "\n");
    }

    private static void replace(Path file, String text) {
        try {
            Durable.replace(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "cannot write %s: %s".formatted(file, e), e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the lock of " + root, e);
        }
    }
}
