package olympus.hermes.internal.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import olympus.hermes.Bytes;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.ReplicatedLog;

/**
 * A log entry as bytes: magic, format number, header, commands (each with its length), CRC32C over
 * all. The layout is documented in docs/reference/hermes-entry-format.md and held by golden files.
 */
public final class EntryCodec {

    public static final int MAGIC = 0x4845524D; // "HERM"
    public static final int FORMAT = 1;
    public static final int HEADER_BYTES = 4 + 2 + 2 + 6 * Long.BYTES + Integer.BYTES;
    public static final int CHECKSUM_BYTES = Integer.BYTES;
    public static final int MAX_COMMANDS = 4_096;

    private static final int COUNT_POSITION = HEADER_BYTES - Integer.BYTES;
    private static final int MIN_COMMAND_BYTES = 5;

    private EntryCodec() {}

    public static ByteBuffer encode(LogEntry entry) {
        var commands = entry.commands().stream().map(CommandCodec::encode).toList();
        return assemble(entry.header(), commands);
    }

    /** An entry of commands that are encoded already. */
    public static ByteBuffer assemble(EntryHeader header, List<Bytes> commands) {
        var capacity = HEADER_BYTES + CHECKSUM_BYTES;
        for (var command : commands) {
            capacity += command.length();
        }
        var out = new ByteWriter(capacity);
        out.i32(MAGIC).u16(FORMAT).u16(header.featureLevel());
        out.i64(header.epoch()).i64(header.tick()).i64(header.wall());
        out.i64(header.randomSeed()).i64(header.origin()).i64(header.originSequence());
        out.i32(0);
        out.i32At(COUNT_POSITION, commands.size());
        for (var command : commands) {
            out.raw(command.unsafeArray(), command.length());
        }
        return out.checksumFrom(0).finish();
    }

    /**
     * Reads an entry; fails with {@link MalformedData} on anything that {@link #encode} cannot have
     * written.
     */
    public static LogEntry decode(ByteBuffer bytes) {
        if (bytes.remaining() > ReplicatedLog.MAX_ENTRY_BYTES) {
            throw new MalformedData(
                    "an entry has at most %d bytes, this one has %d"
                            .formatted(ReplicatedLog.MAX_ENTRY_BYTES, bytes.remaining()));
        }
        var in = new ByteReader(bytes);
        in.verifyChecksum();
        var header = header(in);
        var count = in.count(MIN_COMMAND_BYTES);
        if (count > MAX_COMMANDS) {
            throw in.malformed(
                    "an entry has at most " + MAX_COMMANDS + " commands, this one " + count);
        }
        var commands = new ArrayList<Command>(count);
        for (var i = 0; i < count; i++) {
            commands.add(CommandCodec.decode(in));
        }
        in.end();
        return new LogEntry(header, commands);
    }

    private static EntryHeader header(ByteReader in) {
        var magic = in.i32();
        if (magic != MAGIC) {
            throw in.malformed(
                    "not an entry of Hermes: it begins with %08x instead of %08x"
                            .formatted(magic, MAGIC));
        }
        var format = in.u16();
        if (format != FORMAT) {
            throw in.malformed("entry format " + format + ", this version reads " + FORMAT);
        }
        return new EntryHeader(
                in.u16(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64());
    }
}
