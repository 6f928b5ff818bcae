package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.model.json.InvalidRecordException;

/**
 * The last accepted assignment on disk, with what is held beside it: {@code assignment.json}, a
 * copy of it, and the checksum of both, so that a change by another hand is noticed and undone.
 * Holds secrets only as references.
 */
final class AssignmentFile {

    private static final byte[] NOTHING = new byte[0];

    private final Path file;
    private final Path copy;
    private final Path checksum;
    private byte[] written = NOTHING;

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
        record Good(InForce inForce, Optional<String> remark) implements Stored {}

        record Damaged(String why) implements Stored {}

        /** The disk does not tell; it may later. */
        record Unreadable(String why) implements Stored {}
    }

    Stored load() {
        var unreadable = new ArrayList<String>();
        var all = Stream.of(file, copy, checksum).map(path -> read(path, unreadable)).toList();
        if (unreadable.isEmpty() && all.stream().allMatch(Optional::isEmpty)) {
            return new Stored.None();
        }
        var stored = stored(all.stream().map(bytes -> bytes.orElse(NOTHING)).toList());
        return stored instanceof Stored.Damaged && !unreadable.isEmpty()
                ? new Stored.Unreadable(
                        "the assignment cannot be read: " + String.join("; ", unreadable))
                : stored;
    }

    /**
     * @param all file, copy and checksum
     */
    private Stored stored(List<byte[]> all) {
        var main = all.get(0);
        var second = all.get(1);
        var expected = new String(all.get(2), StandardCharsets.US_ASCII).strip();
        // Equal copies with an older checksum: the agent was killed between the last two writes.
        if (sum(main).equals(expected) || (main.length > 0 && Arrays.equals(main, second))) {
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
            var inForce = InForce.CODEC.decode(content);
            written = content;
            if (remark.isPresent()) {
                RecordFile.replace(file, content);
            }
            return new Stored.Good(inForce, remark);
        } catch (InvalidRecordException | UncheckedIOException e) {
            return new Stored.Damaged("%s: %s".formatted(file, e.getMessage()));
        }
    }

    /**
     * Throws {@link UncheckedIOException} when the disk refuses; then the one before is still in
     * place.
     */
    void save(InForce inForce) {
        var content = InForce.CODEC.encodeIndented(inForce).getBytes(StandardCharsets.UTF_8);
        RecordFile.replace(copy, content);
        RecordFile.replace(file, content);
        RecordFile.replace(checksum, (sum(content) + "\n").getBytes(StandardCharsets.US_ASCII));
        written = content;
    }

    /** Puts the file back if somebody changed or removed it; true if so. */
    boolean mend() {
        var unreadable = new ArrayList<String>();
        if (written.length == 0
                || Arrays.equals(read(file, unreadable).orElse(NOTHING), written)
                || !unreadable.isEmpty()) {
            return false;
        }
        RecordFile.replace(file, written);
        return true;
    }

    /** Empty when it is not there, or unreadable: then it is added to those. */
    private static Optional<byte[]> read(Path path, List<String> unreadable) {
        try {
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException notThere) {
            return Optional.empty();
        } catch (IOException e) {
            unreadable.add(e.toString());
            return Optional.empty();
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
