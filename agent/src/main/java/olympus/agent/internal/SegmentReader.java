package olympus.agent.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Reads the records of one segment in order, also while it is still being written. One buffer of
 * bounded size.
 */
final class SegmentReader implements AutoCloseable {

    private static final int BUFFER = 256 * 1024;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private LogPosition header = LogPosition.NOTHING;
    private long fileOffset;
    private long consumed;
    private int recordBytes;

    SegmentReader(FileChannel channel) {
        this.channel = channel;
    }

    /** False when the file does not begin as a segment does. */
    boolean readHeader() throws IOException {
        fill();
        if (!SegmentFormat.isHeader(buffer)) {
            return false;
        }
        header = SegmentFormat.takeHeader(buffer);
        consumed = SegmentFormat.HEADER_BYTES;
        return true;
    }

    LogPosition header() {
        return header;
    }

    /** Moves to the next whole record; false when there is none (yet). */
    boolean next() throws IOException {
        buffer.position(buffer.position() + recordBytes);
        consumed += recordBytes;
        recordBytes = SegmentFormat.wholeRecord(buffer);
        if (recordBytes == 0) {
            reread();
            recordBytes = SegmentFormat.wholeRecord(buffer);
        }
        return recordBytes > 0;
    }

    /** The current record, from the buffer's position on. */
    ByteBuffer record() {
        return buffer;
    }

    int recordBytes() {
        return recordBytes;
    }

    /** Bytes of the header and of the records passed. */
    long consumed() {
        return consumed;
    }

    /**
     * What was read of a record that is not whole may be of a write that failed and was taken back:
     * only what is in the file now counts.
     */
    private void reread() throws IOException {
        fileOffset = consumed;
        buffer.clear().limit(0);
        fill();
    }

    private void fill() throws IOException {
        buffer.compact();
        while (buffer.hasRemaining()) {
            var count = channel.read(buffer, fileOffset);
            if (count <= 0) {
                break;
            }
            fileOffset += count;
        }
        buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
