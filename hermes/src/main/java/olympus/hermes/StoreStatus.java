package olympus.hermes;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.hermes.log.LogDisk;

/**
 * What the store knows of itself at this moment.
 *
 * @param incarnation raised when a store is restored or force-recovered; part of every fence
 * @param featureLevel the newest behaviour that is switched on; see {@link
 *     olympus.hermes.internal.state.HermesState#SUPPORTED_FEATURE_LEVEL}
 * @param epoch the revision by which the present leader took office, 0 before
 * @param revision the last applied transaction
 * @param compactRevision watches cannot resume from before this
 * @param appliedIndex position in the log
 * @param role leader only under {@code epoch}: both are of one moment
 * @param leader the member that leads, as far as this one knows
 * @param asOf until when this member knew all that was acknowledged; empty while it leads or
 *     follows, or never knew anything
 * @param halted why the store applies nothing any more, empty while it works
 * @param writesRefused why writes are refused at present (e.g. disk full), empty while they are
 *     accepted
 * @param disk under the log
 * @param problems what does not work although the store does (no snapshot can be made, elements
 *     could not be archived), each as a sentence
 */
public record StoreStatus(
        String islandId,
        long incarnation,
        int featureLevel,
        long epoch,
        long revision,
        long compactRevision,
        long appliedIndex,
        Role role,
        Optional<String> leader,
        Optional<Instant> asOf,
        Optional<String> halted,
        Optional<String> writesRefused,
        Sizes sizes,
        LogDisk disk,
        Optional<Instant> lastSnapshot,
        List<String> problems) {

    public StoreStatus {
        problems = List.copyOf(problems);
    }

    /** This status with what is so at present. */
    public StoreStatus with(Optional<String> refused, LogDisk seen, List<String> present) {
        return new StoreStatus(
                islandId,
                incarnation,
                featureLevel,
                epoch,
                revision,
                compactRevision,
                appliedIndex,
                role,
                leader,
                asOf,
                halted,
                refused,
                sizes,
                seen,
                lastSnapshot,
                present);
    }

    /**
     * Everything that does not work, the gravest first, each as a sentence; empty when all does.
     */
    public List<String> troubles() {
        return Stream.of(
                        halted.map(why -> "the store has halted: " + why).stream(),
                        // A store that has halted refuses writes for that very reason.
                        writesRefused
                                .filter(why -> !halted.equals(Optional.of(why)))
                                .map(why -> "the store refuses writes: " + why)
                                .stream(),
                        problems.stream())
                .flatMap(troubles -> troubles)
                .toList();
    }

    public enum Role {
        STARTING,
        LEADER,
        FOLLOWER,
        CLOSED
    }

    /**
     * Counts and bytes: entries in the table, bytes of keys and values, bytes of log on disk, open
     * watches, commands queued.
     */
    public record Sizes(long entries, long bytes, long logBytes, int watches, int queued) {}
}
