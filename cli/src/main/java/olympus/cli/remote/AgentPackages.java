package olympus.cli.remote;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The agent's packages that a person has: {@code olympus-agent_VERSION_ARCHITECTURE.deb}, one for
 * each kind of machine.
 */
public final class AgentPackages {

    private static final Pattern NAME =
            Pattern.compile("olympus-agent_([0-9][A-Za-z0-9.+~-]*)_([a-z0-9]+)\\.deb");

    private final List<Package> all;

    private AgentPackages(List<Package> all) {
        this.all = List.copyOf(all);
    }

    /**
     * One of them.
     *
     * @param architecture as dpkg calls it
     */
    record Package(Path file, String version, String architecture) {

        String name() {
            return String.valueOf(file.getFileName());
        }

        String sha256() throws IOException {
            try (var stream = new DigestInputStream(Files.newInputStream(file), sha())) {
                stream.transferTo(OutputStream.nullOutputStream());
                return HexFormat.of().formatHex(stream.getMessageDigest().digest());
            }
        }

        private static MessageDigest sha() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java has SHA-256", e);
            }
        }
    }

    /**
     * @param path a file, or a folder that holds some, such as what packaging/build-packages made
     * @throws IllegalArgumentException when there is none, or more than one for a kind of machine
     */
    public static AgentPackages at(Path path) {
        var all = Files.isDirectory(path) ? within(path) : named(path).stream().toList();
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    Files.exists(path)
                            ? "%s is no package of the agent and holds none; expected olympus-agent_VERSION_ARCHITECTURE.deb, as packaging/build-packages makes them"
                                    .formatted(path)
                            : "there is no %s".formatted(path));
        }
        var kinds = all.stream().map(Package::architecture).distinct().count();
        if (kinds < all.size()) {
            throw new IllegalArgumentException(
                    "%s holds several versions for one kind of machine: %s; name the file that is meant"
                            .formatted(path, all.stream().map(Package::name).toList()));
        }
        return new AgentPackages(all);
    }

    private static List<Package> within(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().map(AgentPackages::named).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static Optional<Package> named(Path file) {
        var name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() && Files.isRegularFile(file)
                ? Optional.of(new Package(file, name.group(1), name.group(2)))
                : Optional.empty();
    }

    Package of(String architecture) throws RemoteFailure {
        return all.stream()
                .filter(one -> one.architecture().equals(architecture))
                .findFirst()
                .orElseThrow(() ->
                        new RemoteFailure(
                                "it is a machine of kind %s, and there is %s; make a package on such a machine"
                                        .formatted(
                                                architecture,
                                                all.stream().map(Package::name).toList())));
    }
}
