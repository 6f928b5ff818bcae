package olympus.hermes.internal.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;
import olympus.hermes.internal.codec.ByteReader;
import olympus.hermes.internal.codec.CommandCodec;
import olympus.hermes.internal.codec.MalformedData;
import olympus.hermes.internal.state.Effects;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.Lease;
import olympus.hermes.internal.state.OriginWindow;
import olympus.hermes.internal.state.RevisionChanges;
import olympus.hermes.internal.state.SkippedEntry;
import olympus.hermes.internal.state.SnapshotHead;
import olympus.hermes.internal.state.StateLoader;
import olympus.hermes.internal.state.StreamWalk;
import org.jspecify.annotations.Nullable;

/**
 * Reads a snapshot and believes nothing: checksum of every block, order, counts, hash of the file,
 * hash of the state that comes of it. Anything wrong is an {@link OlympusException} of code {@code
 * CORRUPT} that names the file, the place and the remedy.
 */
public final class SnapshotReader {

    /** What the message of a damaged snapshot ends with. */
    public static final String REMEDY = "Restore the folder of the store from a backup";

    private static final int MAX_ISLAND_ID = 64;
    private static final int HASH_BYTES = 32;

    private final Path file;
    private final FileChannel channel;
    private final MessageDigest digest = SnapshotWriter.sha256();
    private final StateLoader loader;
    private @Nullable SnapshotHead head;
    private Counts counts = Counts.NONE;
    private long position;

    private SnapshotReader(Path file, FileChannel channel, Effects effects) {
        this.file = file;
        this.channel = channel;
        this.loader = new StateLoader(effects);
    }

    /** A snapshot that is whole: the state, and what it says of itself. */
    public record Loaded(HermesState state, SnapshotHead head, Counts counts, long bytes) {}

    /**
     * Loads and verifies {@code file}; the state will tell {@code effects} of what is applied to it
     * later.
     */
    public static Loaded load(Path file, Effects effects) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new SnapshotReader(file, channel, effects).load();
        }
    }

    /** Verifies {@code file} without keeping its state. */
    public static Loaded verify(Path file) throws IOException {
        return load(
                file,
                new Effects() {
                    @Override
                    public void changed(RevisionChanges changes) {}

                    @Override
                    public void trimmed(Key stream, List<StreamEntry> elements) {}
                });
    }

    private Loaded load() throws IOException {
        try {
            preamble();
            var type = 0;
            while (type != Block.END) {
                type = block();
            }
            if (position != channel.size()) {
                throw new MalformedData(
                        "%d bytes behind the end".formatted(channel.size() - position));
            }
            var known = head;
            if (known == null) {
                throw new MalformedData("it has no head");
            }
            var state =
                    loader.finish(known)
                            .orElseThrow(() ->
                                    new MalformedData(
                                            "its content does not have the state hash of its head"));
            return new Loaded(state, known, counts, position);
        } catch (MalformedData | IllegalArgumentException damaged) {
            throw new OlympusException(
                    ErrorCode.CORRUPT,
                    "snapshot %s is damaged in the block at byte %d: %s. It was not loaded. %s"
                            .formatted(file, position, damaged.getMessage(), REMEDY),
                    damaged);
        }
    }

    private void preamble() throws IOException {
        var in = new ByteReader(read(Block.PREAMBLE_BYTES, true));
        var magic = in.i32();
        if (magic != Block.MAGIC) {
            throw in.malformed(
                    "not a snapshot: it begins with %08x instead of %08x"
                            .formatted(magic, Block.MAGIC));
        }
        var format = in.u16();
        if (format != Block.FORMAT) {
            throw in.malformed("format " + format + ", this version reads " + Block.FORMAT);
        }
        position += Block.PREAMBLE_BYTES;
    }

    /** Reads one block whole, checks it, and only then believes it; returns its type. */
    private int block() throws IOException {
        var prefix = read(Block.PREFIX_BYTES, false);
        var type = prefix.get(0) & 0xff;
        var length = prefix.getInt(1);
        if (length < 0 || length > Block.MAX_BYTES) {
            throw new MalformedData(
                    "a block of %d bytes, the limit is %d".formatted(length, Block.MAX_BYTES));
        }
        var rest = read(length + Block.CHECKSUM_BYTES, false);
        var crc = new CRC32C();
        crc.update(prefix.duplicate());
        crc.update(rest.slice(0, length));
        if ((int) crc.getValue() != rest.getInt(length)) {
            throw new MalformedData(
                    "checksum %08x, computed %08x"
                            .formatted(rest.getInt(length), (int) crc.getValue()));
        }
        var in = new ByteReader(rest.slice(0, length));
        if (type == Block.END) {
            end(in);
        } else {
            digest.update(prefix);
            digest.update(rest);
            content(type, in);
        }
        in.end();
        position += Block.PREFIX_BYTES + (long) length + Block.CHECKSUM_BYTES;
        return type;
    }

    private void content(int type, ByteReader in) {
        switch (type) {
            case Block.HEAD -> head(in);
            case Block.ENTRIES -> {
                for (var left = in.count(32); left > 0; left--) {
                    loader.entry(ChangeCodec.entry(in));
                    counts = counts.plus(new Counts(1, 0, 0, 0, 0));
                }
            }
            case Block.RING -> {
                for (var left = in.count(12); left > 0; left--) {
                    loader.changes(ChangeCodec.changes(in));
                    counts = counts.plus(new Counts(0, 1, 0, 0, 0));
                }
            }
            case Block.LEASES -> {
                for (var left = in.count(24); left > 0; left--) {
                    loader.lease(new Lease(in.i64(), in.i64(), in.i64()));
                    counts = counts.plus(new Counts(0, 0, 1, 0, 0));
                }
            }
            case Block.STREAM -> stream(in);
            case Block.ORIGINS -> {
                for (var left = in.count(32); left > 0; left--) {
                    loader.origin(new OriginWindow(in.i64(), in.i64(), in.i64(), in.i64()));
                }
            }
            case Block.SKIPPED -> {
                for (var left = in.count(16); left > 0; left--) {
                    loader.skipped(new SkippedEntry(in.i64(), in.i64()));
                }
            }
            default -> throw in.malformed("unknown block type " + type);
        }
    }

    private void head(ByteReader in) {
        var read =
                new SnapshotHead(
                        in.i64(),
                        in.i64(),
                        in.i64(),
                        new SnapshotHead.Identity(in.text(MAX_ISLAND_ID), in.i64(), in.i32()),
                        new SnapshotHead.Progress(in.i64(), in.i64(), in.i64(), in.i64(), in.i64()),
                        CommandCodec.limits(in));
        if (read.identity().featureLevel() > HermesState.SUPPORTED_FEATURE_LEVEL) {
            throw in.malformed(
                    "feature level %d, this version supports %d: install a newer one"
                            .formatted(
                                    read.identity().featureLevel(),
                                    HermesState.SUPPORTED_FEATURE_LEVEL));
        }
        head = read;
        loader.head(read);
    }

    private void stream(ByteReader in) {
        var key = CommandCodec.key(in);
        var limits = CommandCodec.streamLimits(in);
        var firstSequence = in.i64();
        var first = in.u8() == 1;
        var count = in.count(36);
        var elements = new ArrayList<StreamWalk.Element>(count);
        for (var i = 0; i < count; i++) {
            var tick = in.i64();
            elements.add(new StreamWalk.Element(ChangeCodec.streamEntry(in), tick));
        }
        loader.stream(new StreamWalk.Slice(key, limits, firstSequence, first, elements));
        counts = counts.plus(new Counts(0, 0, 0, first ? 1 : 0, count));
    }

    private void end(ByteReader in) {
        var promised = new Counts(in.i64(), in.i64(), in.i64(), in.i64(), in.i64());
        if (!promised.equals(counts)) {
            throw in.malformed("it should hold %s, it holds %s".formatted(promised, counts));
        }
        var known = head;
        if (known == null || in.i64() != known.hash()) {
            throw in.malformed("its end names another state hash than its head");
        }
        var computed = digest.digest();
        for (var i = 0; i < HASH_BYTES; i++) {
            if (in.u8() != (computed[i] & 0xff)) {
                throw in.malformed("its SHA-256 is not the one that its end names");
            }
        }
    }

    private ByteBuffer read(int bytes, boolean digested) throws IOException {
        if (bytes > channel.size() - channel.position()) {
            throw new MalformedData(
                    "it is cut off: %d bytes should follow, %d do"
                            .formatted(bytes, channel.size() - channel.position()));
        }
        var buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            // Reads go on until the buffer is full; its size was checked.
        }
        buffer.flip();
        if (digested) {
            digest.update(buffer.duplicate());
        }
        return buffer;
    }
}
