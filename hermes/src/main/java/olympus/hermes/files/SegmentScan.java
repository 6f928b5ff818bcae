package olympus.hermes.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/**
 * What a log segment really contains: its good entries, and where and how the first bad one is
 * damaged.
 *
 * <p>Format of the engine: {@code RaftLog1}, then per entry a varint length, the entry (protobuf)
 * and the CRC-32C of both, big-endian; zeros to the end of the file (preallocated). Checked:
 * checksum of every entry, its index is the one due, terms never go back, nothing but zeros behind
 * the last.
 *
 * @param good the number of good entries from the segment's first index on
 * @param lastTerm the term of the last good entry, 0 without any
 * @param goodBytes where the last good entry ends
 * @param fileBytes length of the file
 */
public record SegmentScan(
        SegmentFile file,
        long good,
        long lastTerm,
        long goodBytes,
        long fileBytes,
        Optional<Damage> damage) {

    static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

    /** Larger lengths are never written by the engine: its buffer for one entry is this long. */
    static final int MAX_RECORD_BYTES = 4 << 20;

    private static final int CRC_BYTES = 4;
    private static final int SECTOR_BYTES = 512;

    /**
     * The first thing in a segment that is not as it was written.
     *
     * @param offset where the bad record begins
     * @param torn whether it looks like a write that power loss or a kill cut off (the file ends in
     *     it, or at least one sector of it was never written), rather than like bytes that changed
     *     afterwards
     */
    public record Damage(long offset, boolean torn, String what) {}

    /** Sees every good entry in order. */
    @FunctionalInterface
    public interface Visitor {
        void entry(long offset, int bytes, LogEntryProto entry);
    }

    /** The last good index; one before the first when there is none. */
    public long lastGood() {
        return file.first() + good - 1;
    }

    public static SegmentScan of(SegmentFile file) throws IOException {
        return of(file, (offset, bytes, entry) -> {});
    }

    public static SegmentScan of(SegmentFile file, Visitor visitor) throws IOException {
        try (var channel = FileChannel.open(file.path(), StandardOpenOption.READ);
                var arena = Arena.ofConfined()) {
            var size = channel.size();
            if (size == 0) {
                return new SegmentScan(file, 0, 0, 0, 0, Optional.empty());
            }
            if (size > Integer.MAX_VALUE) {
                throw new IOException(
                        "segment %s is %d bytes long; at most %d were expected"
                                .formatted(file.path(), size, Integer.MAX_VALUE));
            }
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
            return new Scanner(file, bytes, visitor).scan();
        }
    }

    /** One pass over a segment. */
    private static final class Scanner {
        private final SegmentFile file;
        private final ByteBuffer bytes;
        private final Visitor visitor;
        private final CRC32C crc = new CRC32C();
        private int position;
        private long good;
        private long lastTerm;

        Scanner(SegmentFile file, ByteBuffer bytes, Visitor visitor) {
            this.file = file;
            this.bytes = bytes;
            this.visitor = visitor;
        }

        SegmentScan scan() {
            if (!headerMatches()) {
                return result(Optional.of(damaged(HEADER.length, "the header is not RaftLog1")));
            }
            position = HEADER.length;
            while (position < bytes.limit() && bytes.get(position) != 0) {
                var damage = entry();
                if (damage.isPresent()) {
                    return result(damage);
                }
            }
            var stray = firstNonZero(position, bytes.limit());
            return stray == bytes.limit()
                    ? result(Optional.empty())
                    : result(Optional.of(strayBytes(stray)));
        }

        private boolean headerMatches() {
            if (bytes.limit() < HEADER.length) {
                return false;
            }
            for (var i = 0; i < HEADER.length; i++) {
                if (bytes.get(i) != HEADER[i]) {
                    return false;
                }
            }
            return true;
        }

        private Optional<Damage> entry() {
            var start = position;
            var at = start;
            var length = 0L;
            for (var shift = 0; ; shift += 7) {
                if (at == bytes.limit()) {
                    return Optional.of(
                            new Damage(start, true, "the file ends within a record's length"));
                }
                var next = bytes.get(at++);
                length |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    break;
                }
                if (shift >= 28) {
                    return Optional.of(damaged(at, "a record's length does not end"));
                }
            }
            if (length == 0 || length > MAX_RECORD_BYTES) {
                return Optional.of(damaged(at, "a record claims %d bytes".formatted(length)));
            }
            var end = at + length + CRC_BYTES;
            if (end > bytes.limit()) {
                return Optional.of(cutOff(end));
            }
            return record(start, at, (int) length);
        }

        /**
         * The record's length reaches beyond the file: cut off, or the length itself has changed.
         */
        private Damage cutOff(long end) {
            return new Damage(
                    position,
                    true,
                    "the file ends %d bytes before the end of the record"
                            .formatted(end - bytes.limit()));
        }

        private Optional<Damage> record(int start, int body, int length) {
            var end = body + length;
            crc.reset();
            crc.update(bytes.slice(start, end - start));
            if ((int) crc.getValue() != bytes.getInt(end)) {
                return Optional.of(
                        damaged(end + CRC_BYTES, "the checksum of a record does not match"));
            }
            LogEntryProto entry;
            try {
                entry = LogEntryProto.parseFrom(bytes.slice(body, length));
            } catch (InvalidProtocolBufferException e) {
                return Optional.of(
                        new Damage(start, false, "a record cannot be decoded: " + e.getMessage()));
            }
            if (entry.getIndex() != file.first() + good) {
                return Optional.of(
                        new Damage(
                                start,
                                false,
                                "entry %d stands where %d is due"
                                        .formatted(entry.getIndex(), file.first() + good)));
            }
            if (entry.getTerm() < lastTerm) {
                return Optional.of(
                        new Damage(
                                start,
                                false,
                                "entry %d has term %d after term %d"
                                        .formatted(entry.getIndex(), entry.getTerm(), lastTerm)));
            }
            good++;
            lastTerm = entry.getTerm();
            position = end + CRC_BYTES;
            visitor.entry(start, position - start, entry);
            return Optional.empty();
        }

        /**
         * Zeros where a record should begin and something behind them: its first sector was never
         * written, or is lost.
         */
        private Damage strayBytes(int stray) {
            var sectorEnd = Math.min(bytes.limit(), (position / SECTOR_BYTES + 1) * SECTOR_BYTES);
            return new Damage(
                    position,
                    stray >= sectorEnd,
                    "bytes other than zero stand at offset %d, behind the end of the entries"
                            .formatted(stray));
        }

        private Damage damaged(int end, String what) {
            return new Damage(position, hasUnwrittenSector(position, end), what);
        }

        /**
         * Whether a part of [start, end) that one sector holds is all zero. Before a record is
         * written its place is zero, and a disk writes whole sectors; so a write that was cut off
         * leaves such a part behind.
         */
        private boolean hasUnwrittenSector(int start, int end) {
            for (var from = start; from < end; ) {
                var to = Math.min(end, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
                if (to > bytes.limit() || firstNonZero(from, to) == to) {
                    return true;
                }
                from = to;
            }
            return false;
        }

        private int firstNonZero(int from, int to) {
            var at = from;
            while (at < to && bytes.get(at) == 0) {
                at++;
            }
            return at;
        }

        private SegmentScan result(Optional<Damage> damage) {
            return new SegmentScan(file, good, lastTerm, position, bytes.limit(), damage);
        }
    }
}
