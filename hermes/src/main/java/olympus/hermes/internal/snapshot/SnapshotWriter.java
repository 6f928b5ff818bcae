package olympus.hermes.internal.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.BiConsumer;
import olympus.foundation.Durable;
import olympus.hermes.Entry;
import olympus.hermes.internal.codec.ByteWriter;
import olympus.hermes.internal.codec.CommandCodec;
import olympus.hermes.internal.state.Lease;
import olympus.hermes.internal.state.OriginWindow;
import olympus.hermes.internal.state.RevisionChanges;
import olympus.hermes.internal.state.SkippedEntry;
import olympus.hermes.internal.state.SnapshotHead;
import olympus.hermes.internal.state.StreamWalk;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * Writes a snapshot block by block into a temporary file that becomes visible only whole: flushed,
 * renamed, and the directory flushed. Closing it unfinished removes the temporary file.
 *
 * <p>Threading: one thread at a time, not the loop.
 */
public final class SnapshotWriter implements AutoCloseable {

    private final SnapshotFile target;
    private final Path temporary;
    private final FileChannel channel;
    private final MessageDigest digest = sha256();
    private final long stateHash;
    private Counts counts = Counts.NONE;
    private boolean finished;

    /** Creates the temporary file in {@code directory} and writes the beginning. */
    public SnapshotWriter(Path directory, SnapshotHead head) throws IOException {
        Files.createDirectories(directory);
        target = SnapshotFile.in(directory, head.term(), head.index());
        temporary = directory.resolve(target.path().getFileName() + ".tmp");
        stateHash = head.hash();
        channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        write(new ByteWriter(Block.PREAMBLE_BYTES).i32(Block.MAGIC).u16(Block.FORMAT).u16(0));
        head(head);
    }

    public void entries(List<Entry> entries) throws IOException {
        items(Block.ENTRIES, entries, ChangeCodec::write);
        counts = counts.plus(new Counts(entries.size(), 0, 0, 0, 0));
    }

    public void ring(List<RevisionChanges> ring) throws IOException {
        items(Block.RING, ring, ChangeCodec::write);
        counts = counts.plus(new Counts(0, ring.size(), 0, 0, 0));
    }

    public void leases(List<Lease> leases) throws IOException {
        items(
                Block.LEASES,
                leases,
                (out, lease) ->
                        out.i64(lease.id()).i64(lease.ttlTicks()).i64(lease.deadlineTick()));
        counts = counts.plus(new Counts(0, 0, leases.size(), 0, 0));
    }

    public void origins(List<OriginWindow> origins) throws IOException {
        items(
                Block.ORIGINS,
                origins,
                (out, origin) ->
                        out.i64(origin.id())
                                .i64(origin.highest())
                                .i64(origin.seen())
                                .i64(origin.lastIndex()));
    }

    public void skipped(List<SkippedEntry> skipped) throws IOException {
        items(Block.SKIPPED, skipped, (out, entry) -> out.i64(entry.index()).i64(entry.hash()));
    }

    public void stream(StreamWalk.Slice slice) throws IOException {
        var out = begin(Block.STREAM);
        out.bytes(slice.stream().raw());
        CommandCodec.writeStreamLimits(out, slice.limits());
        out.i64(slice.firstSequence()).u8(slice.first() ? 1 : 0).i32(slice.elements().size());
        for (var element : slice.elements()) {
            ChangeCodec.write(out.i64(element.tick()), element.entry());
        }
        end(out);
        counts = counts.plus(new Counts(0, 0, 0, slice.first() ? 1 : 0, slice.elements().size()));
    }

    /** Completes the file and makes it visible. */
    public SnapshotFile finish() throws IOException {
        var hash = digest.digest();
        var out = begin(Block.END);
        out.i64(counts.entries()).i64(counts.revisions()).i64(counts.leases());
        out.i64(counts.streams()).i64(counts.elements()).i64(stateHash).raw(hash, hash.length);
        end(out);
        channel.force(true);
        channel.close();
        Durable.rename(temporary, target.path());
        finished = true;
        return target;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(temporary);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void head(SnapshotHead head) throws IOException {
        var out = begin(Block.HEAD);
        out.i64(head.term()).i64(head.index()).i64(head.hash());
        var identity = head.identity();
        out.text(identity.islandId()).i64(identity.incarnation()).i32(identity.featureLevel());
        var progress = head.progress();
        out.i64(progress.epoch()).i64(progress.revision()).i64(progress.compactRevision());
        out.i64(progress.tick()).i64(progress.wall());
        CommandCodec.writeLimits(out, head.limits());
        end(out);
    }

    private <T> void items(int type, List<T> items, BiConsumer<ByteWriter, T> write)
            throws IOException {
        for (var at = 0; at < items.size(); ) {
            var out = begin(type);
            out.i32(0);
            var count = 0;
            for (; at < items.size() && out.size() < Block.GOAL_BYTES; at++, count++) {
                write.accept(out, items.get(at));
            }
            out.i32At(Block.PREFIX_BYTES, count);
            end(out);
        }
    }

    private static ByteWriter begin(int type) {
        return new ByteWriter(4_096).u8(type).i32(0);
    }

    private void end(ByteWriter out) throws IOException {
        out.i32At(1, out.size() - Block.PREFIX_BYTES);
        write(out.checksumFrom(0));
    }

    private void write(ByteWriter out) throws IOException {
        ByteBuffer content = out.finish();
        digest.update(content.duplicate());
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }
}
