package olympus.hermes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;

/**
 * An ordered log of opaque entries that a majority has flushed to disk before anybody sees them,
 * with snapshots that stand for a prefix of it.
 *
 * <p>Contract (tested for every implementation by the same test): committed entries reach the
 * {@link Applier} in index order, each exactly once per life of the process, after a restart
 * beginning right behind the snapshot that the applier loaded. An entry that was acknowledged is
 * never lost; one whose submission failed as {@link Submission.Outcome.Unknown} may still be
 * committed. At most the configured number of entries is in flight; more submissions are the
 * caller's to hold back.
 *
 * <p>Threading: {@link #submit} may be called by one thread at a time and keeps its order; the
 * applier is called by one thread of the engine and must only enqueue.
 */
public interface ReplicatedLog extends AutoCloseable {

    /** Upper bound of one entry. */
    int MAX_ENTRY_BYTES = 2 << 20;

    /**
     * Opens the log, loads the newest good snapshot through {@code applier}, replays, and joins the
     * group.
     */
    void open(Applier applier) throws IOException;

    /**
     * Hands in one entry; never blocks. {@code context} comes back to the applier of this process
     * with the committed entry.
     */
    void submit(ByteBuffer entry, Object context, Submission callback);

    /**
     * The other members shall learn now what is committed: no entry follows that would tell them.
     * Nothing where there are none, or where they learn it at once anyway. Never blocks.
     */
    default void announceCommit() {}

    /** Whether this member may submit now, and in which term. */
    Leadership leadership();

    /**
     * Tells of every change of {@link #leadership}; called by a thread of the engine, must only
     * enqueue.
     */
    void onLeadership(java.util.function.Consumer<Leadership> listener);

    /**
     * Makes a finished snapshot file the start of the log and purges what it covers.
     *
     * @param index the last entry that the snapshot contains
     */
    CompletionStage<Void> installed(SnapshotFile snapshot, long index);

    /** Who keeps this log together. */
    Group group();

    /** Bytes of log segments on disk. Never blocks. */
    long logBytes();

    /** What is known of the disk. Never blocks. */
    LogDisk disk();

    /**
     * The applier cannot go on although no entry has failed: this member leads and votes no more,
     * so that others can go on without it. Any thread; the applier is told by {@link
     * Applier#failed}.
     */
    void fail(Throwable cause);

    /**
     * Why submissions are rejected at present although this member leads (e.g. disk full), empty
     * while they are taken. Never blocks.
     */
    Optional<Submission.Outcome.Rejected> refusal();

    /**
     * Where snapshots belong; a file becomes visible there only whole (temporary name, flush,
     * rename).
     */
    Path snapshotDirectory();

    @Override
    void close();

    /** Receives what is committed. */
    interface Applier {
        /**
         * Loads the state of a snapshot; returns the index of the last entry it contains. Called
         * before any entry, and again when this member lags so far behind that it was sent one; the
         * entries that follow then begin right behind it.
         */
        long load(Optional<SnapshotFile> newest) throws IOException;

        /**
         * Takes the committed entry; must only enqueue (blocking while its bounded queue is full is
         * the back-pressure of replay). The future is completed once the entry is applied; it fails
         * with {@link ApplierClosed} when this applier was closed in order before.
         *
         * @param context what {@link #submit} was given, empty on replay and on other members
         */
        CompletionStage<Void> committed(
                long term, long index, ByteBuffer entry, Optional<Object> context);

        /**
         * The log has got past an entry of the engine's own (of members, of a new leader), which
         * the applier is not given; called in the order of the log. Must only enqueue.
         */
        void passed(long index);

        /**
         * The engine cannot go on (disk error, corrupt file); nothing more will be acknowledged.
         */
        void failed(Throwable cause);
    }

    /**
     * Told once how a submission ended, when that is other than committed; the applier tells of
     * those.
     */
    @FunctionalInterface
    interface Submission {
        void ended(Outcome outcome);

        sealed interface Outcome {
            /**
             * Certainly not in the log: {@code UNAVAILABLE} (not leader, closed, too many in
             * flight), {@code DISK_FULL}, {@code TOO_LARGE}.
             */
            record Rejected(ErrorCode code, String reason) implements Outcome {}

            /** May or may not be committed later. */
            record Unknown(String reason) implements Outcome {}
        }
    }

    /**
     * Who leads.
     *
     * @param leader whether this member does, and may submit
     * @param known the member that leads, as far as this one knows
     */
    record Leadership(boolean leader, long term, Optional<String> known) {}

    /**
     * A snapshot on disk, whole and flushed, named by what it contains: {@code
     * snapshot.<term>_<index>}.
     */
    record SnapshotFile(Path path, long term, long index) {

        private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d{1,18})_(\\d{1,18})");

        /** Where the snapshot of this term and index belongs. */
        public static SnapshotFile in(Path directory, long term, long index) {
            return new SnapshotFile(
                    directory.resolve("snapshot." + term + "_" + index), term, index);
        }

        /**
         * The snapshot that a file's name promises, empty when it is not such a name (e.g. a
         * temporary file).
         */
        public static Optional<SnapshotFile> parse(Path path) {
            var matcher = NAME.matcher(path.getFileName().toString());
            return matcher.matches()
                    ? Optional.of(
                            new SnapshotFile(
                                    path,
                                    Long.parseLong(matcher.group(1)),
                                    Long.parseLong(matcher.group(2))))
                    : Optional.empty();
        }
    }
}
