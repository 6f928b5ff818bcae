package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.foundation.Mask;

/**
 * The folder of one run of one instance: what the agent intended and what its shim ({@code
 * shim.sh}) wrote.
 *
 * @param path {@code …/instances/<stack>/<service>.<n>/runs/<run>}
 */
record RunFolder(Path path) {

    private static final int STATUS_BYTES = 64;
    private static final long ROOM_NEEDED = 64 * 1024;
    private static final int TAIL_BYTES = 4096;
    private static final String NO_STATUS = "-";

    /** What is known of the process that holds the run. */
    sealed interface Claim {
        /** Nobody has claimed the run. */
        record Free() implements Claim {}

        /** Claimed, but by whom is not (or not yet) readable. */
        record Unreadable() implements Claim {}

        record Held(long pid, long startTicks) implements Claim {}
    }

    /**
     * Makes the folder and writes the intent; throws {@link UncheckedIOException} where the disk
     * does not allow it.
     */
    void create(String runToken, String marker, String bootId) {
        var intent = new LinkedHashMap<String, String>();
        intent.put("run_token", runToken);
        intent.put("marker", marker);
        intent.put("boot_id", bootId);
        try {
            Files.createDirectories(path);
            if (Files.getFileStore(path).getUsableSpace() < ROOM_NEEDED) {
                throw new IOException("the disk is full");
            }
            RecordFile.write(path.resolve("intent"), intent);
            // Blocks are taken now, so that the status can be written on a full disk later.
            Files.createFile(stdout());
            Files.createFile(stderr());
            Files.writeString(path.resolve("status"), NO_STATUS + "\n" + " ".repeat(STATUS_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot create the run folder %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    Optional<Intent> intent() {
        return RecordFile.values(path.resolve("intent"))
                .map(values ->
                        new Intent(
                                values.getOrDefault("run_token", ""),
                                values.getOrDefault("marker", ""),
                                values.getOrDefault("boot_id", "")));
    }

    /** What was about to be started, and under which boot. */
    record Intent(String runToken, String marker, String bootId) {}

    Claim child() {
        return claim("child");
    }

    Claim shim() {
        return claim("shim");
    }

    /** Who ends the run when its lease has run out; free where it needs none. */
    Claim guardian() {
        return claim("guardian");
    }

    Path lease() {
        return path.resolve("lease");
    }

    /** Whether its guardian has begun to end it. */
    boolean isLeaseOver() {
        return Files.exists(path.resolve("lease-over"));
    }

    /**
     * Takes the run, so that a shim that comes late starts nothing; false when somebody holds it
     * already.
     */
    boolean claim() {
        try {
            Files.createFile(path.resolve("child"));
            return true;
        } catch (java.nio.file.FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot claim " + path, e);
        }
    }

    /** The exit code that the shim wrote; empty when it wrote none (yet). */
    Optional<Integer> status() {
        return firstLine("status")
                .filter(line ->
                        !line.isEmpty()
                                && line.chars().allMatch(Character::isDigit)
                                && line.length() <= 3)
                .map(Integer::valueOf);
    }

    Path stdout() {
        return path.resolve("stdout");
    }

    Path stderr() {
        return path.resolve("stderr");
    }

    /**
     * The last line that the run wrote to stderr, shortened and without what looks like a password;
     * empty when there is none.
     */
    String lastErrorLine() {
        try (var file = java.nio.channels.FileChannel.open(stderr())) {
            var size = file.size();
            var buffer = java.nio.ByteBuffer.allocate((int) Math.min(TAIL_BYTES, size));
            file.read(buffer, size - buffer.capacity());
            var text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
            return text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && line.charAt(0) != 0)
                    .reduce((first, second) -> second)
                    .map(Mask::of)
                    .map(line -> line.length() > 300 ? line.substring(0, 300) + "…" : line)
                    .orElse("");
        } catch (IOException noSuchFile) {
            return "";
        }
    }

    void delete() {
        delete(path);
    }

    /** Removes a folder and all in it; what is gone already is no error. */
    static void delete(Path folder) {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }

    private Claim claim(String name) {
        if (!Files.exists(path.resolve(name))) {
            return new Claim.Free();
        }
        var line = firstLine(name).orElse("");
        var space = line.indexOf(' ');
        try {
            return new Claim.Held(
                    Long.parseLong(line.substring(0, Math.max(0, space))),
                    Long.parseLong(line.substring(space + 1)));
        } catch (NumberFormatException e) {
            return new Claim.Unreadable();
        }
    }

    /** Only a line with its end counts: the rest may still be on its way. */
    private Optional<String> firstLine(String name) {
        try {
            var text = Files.readString(path.resolve(name), StandardCharsets.ISO_8859_1);
            var end = text.indexOf('\n');
            return end < 0 ? Optional.empty() : Optional.of(text.substring(0, end));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }
}
