package olympus.hermes.log;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.Invariant;

/**
 * What a log on disk needs to know: its folder, who it is, how it reaches others, and its limits.
 *
 * @param folder the store's folder ({@code D/hermes}); created when missing
 * @param group the identity of the replicated log: the island's, unless the folder says otherwise
 *     (see {@code olympus.hermes.files.StoreGroup})
 * @param member this member's name in the group, which no other member ever had: one whose disk was
 *     emptied comes back under a new name
 * @param peers how it talks with other members; empty for a group of one, which then opens no port
 *     at all
 */
public record LogConfig(
        Path folder, UUID group, String member, Optional<PeerAccess> peers, Limits limits) {

    /** Refuses writes when the disk has less free than this, unless told otherwise. */
    public static final long DEFAULT_RESERVE_BYTES = 64L << 20;

    /** A group of one that needs no network. */
    public static LogConfig alone(Path folder, UUID group) {
        return new LogConfig(folder, group, "one", Optional.empty(), Limits.standard());
    }

    public LogConfig withLimits(Limits other) {
        return new LogConfig(folder, group, member, peers, other);
    }

    /** The same log, of a member with this name that talks with others. */
    public LogConfig as(String name, PeerAccess access) {
        return new LogConfig(folder, group, name, Optional.of(access), limits);
    }

    /**
     * Bounds of the log.
     *
     * @param inFlight submissions that may be under way at a time
     * @param unapplied committed entries handed to the applier and not yet applied
     * @param segmentBytes size at which a log segment is closed; only closed segments are purged
     * @param reserveBytes with less than this free on the disk, submissions are rejected with
     *     {@code DISK_FULL}
     */
    public record Limits(int inFlight, int unapplied, int segmentBytes, long reserveBytes) {

        public static final int MIN_SEGMENT_BYTES = 64 << 10;

        public Limits {
            Invariant.check(inFlight > 0, () -> "inFlight must be positive, not " + inFlight);
            Invariant.check(unapplied > 0, () -> "unapplied must be positive, not " + unapplied);
            Invariant.check(
                    segmentBytes >= MIN_SEGMENT_BYTES,
                    () ->
                            "segmentBytes must be at least %d, not %d"
                                    .formatted(MIN_SEGMENT_BYTES, segmentBytes));
            Invariant.check(
                    reserveBytes >= 0,
                    () -> "reserveBytes must not be negative, but is " + reserveBytes);
        }

        public static Limits standard() {
            return new Limits(16, 64, 32 << 20, DEFAULT_RESERVE_BYTES);
        }

        public Limits withSegmentBytes(int bytes) {
            return new Limits(inFlight, unapplied, bytes, reserveBytes);
        }

        public Limits withReserveBytes(long bytes) {
            return new Limits(inFlight, unapplied, segmentBytes, bytes);
        }

        public Limits withInFlight(int entries) {
            return new Limits(entries, unapplied, segmentBytes, reserveBytes);
        }
    }
}
