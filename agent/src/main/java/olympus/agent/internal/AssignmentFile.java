package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import olympus.model.json.InvalidRecordException;
import olympus.model.state.Assignment;
import olympus.model.state.Codecs;

/**
 * The last accepted assignment on disk: {@code assignment.json}, a copy of it, and the checksum of
 * both, so that a change by another hand is noticed and undone. Holds secrets only as references.
 */
final class AssignmentFile {

    private final Path file;
    private final Path copy;
    private final Path checksum;
    private byte[] written = new byte[0];

    AssignmentFile(Path root) {
        this.file = root.resolve("assignment.json");
        this.copy = root.resolve("assignment.copy.json");
        this.checksum = root.resolve("assignment.sha256");
    }

    /** What is on disk. */
    sealed interface Stored {
        record None() implements Stored {}

        /**
         * @param remark what had to be mended to read it, if anything
         */
        record Good(Assignment assignment, Optional<String> remark) implements Stored {}

        record Damaged(String why) implements Stored {}
    }

    Stored load() {
        var main = read(file);
        var second = read(copy);
        if (main.length == 0 && second.length == 0) {
            return new Stored.None();
        }
        var expected = new String(read(checksum), StandardCharsets.US_ASCII).strip();
        // Equal copies with an older checksum: the agent was killed between the last two writes.
        if (sum(main).equals(expected) || Arrays.equals(main, second)) {
            return decode(main, Optional.empty());
        }
        if (sum(second).equals(expected)) {
            return decode(
                    second,
                    Optional.of(
                            file + " had been changed by another hand; restored from the copy"));
        }
        return new Stored.Damaged(
                "%s and its copy do not match their checksum; waiting for a server to send the assignment"
                        .formatted(file));
    }

    private Stored decode(byte[] content, Optional<String> remark) {
        try {
            var assignment = Codecs.ASSIGNMENT.decode(content);
            written = content;
            if (remark.isPresent()) {
                RecordFile.replace(file, content);
            }
            return new Stored.Good(assignment, remark);
        } catch (InvalidRecordException | UncheckedIOException e) {
            return new Stored.Damaged("%s: %s".formatted(file, e.getMessage()));
        }
    }

    /**
     * Throws {@link UncheckedIOException} when the disk refuses; then the one before is still in
     * place.
     */
    void save(Assignment assignment) {
        var content = Codecs.ASSIGNMENT.encodeIndented(assignment).getBytes(StandardCharsets.UTF_8);
        RecordFile.replace(copy, content);
        RecordFile.replace(file, content);
        RecordFile.replace(checksum, (sum(content) + "\n").getBytes(StandardCharsets.US_ASCII));
        written = content;
    }

    /** Puts the file back if somebody changed or removed it; true if so. */
    boolean mend() {
        if (written.length == 0 || Arrays.equals(read(file), written)) {
            return false;
        }
        RecordFile.replace(file, written);
        return true;
    }

    private static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException notThere) {
            return new byte[0];
        }
    }

    private static String sum(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
