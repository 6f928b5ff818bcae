package olympus.hermes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.Group;
import olympus.hermes.log.LogDisk;
import olympus.hermes.log.ReplicatedLog;

/** A log of a member, of which it is seen what is committed. */
abstract class WatchedLog implements ReplicatedLog {

    private final ReplicatedLog log;

    WatchedLog(ReplicatedLog log) {
        this.log = log;
    }

    /** What the member shall take for the entry. */
    abstract LogEntry seen(long index, LogEntry entry);

    @Override
    public void open(Applier applier) throws IOException {
        log.open(
                new Applier() {
                    @Override
                    public long load(Optional<SnapshotFile> newest) throws IOException {
                        return applier.load(newest);
                    }

                    @Override
                    public CompletionStage<Void> committed(
                            long term, long index, ByteBuffer entry, Optional<Object> context) {
                        var before = EntryCodec.decode(entry.duplicate());
                        var after = seen(index, before);
                        return after.equals(before)
                                ? applier.committed(term, index, entry, context)
                                : applier.committed(
                                        term, index, EntryCodec.encode(after), Optional.empty());
                    }

                    @Override
                    public void passed(long index) {
                        applier.passed(index);
                    }

                    @Override
                    public void failed(Throwable cause) {
                        applier.failed(cause);
                    }
                });
    }

    @Override
    public void submit(ByteBuffer entry, Object context, Submission callback) {
        log.submit(entry, context, callback);
    }

    @Override
    public void announceCommit() {
        log.announceCommit();
    }

    @Override
    public Leadership leadership() {
        return log.leadership();
    }

    @Override
    public void onLeadership(Consumer<Leadership> listener) {
        log.onLeadership(listener);
    }

    @Override
    public CompletionStage<Void> installed(SnapshotFile snapshot, long index) {
        return log.installed(snapshot, index);
    }

    @Override
    public Group group() {
        return log.group();
    }

    @Override
    public long logBytes() {
        return log.logBytes();
    }

    @Override
    public LogDisk disk() {
        return log.disk();
    }

    @Override
    public void fail(Throwable cause) {
        log.fail(cause);
    }

    @Override
    public Optional<Submission.Outcome.Rejected> refusal() {
        return log.refusal();
    }

    @Override
    public Path snapshotDirectory() {
        return log.snapshotDirectory();
    }

    @Override
    public void close() {
        log.close();
    }
}
