package olympus.hermes.internal.snapshot;

import java.util.ArrayList;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.StreamEntry;
import olympus.hermes.Transaction;
import olympus.hermes.internal.codec.ByteReader;
import olympus.hermes.internal.codec.ByteWriter;
import olympus.hermes.internal.codec.CommandCodec;
import olympus.hermes.internal.state.RevisionChanges;

/** Entries, stream elements and changes as bytes. */
final class ChangeCodec {

    private static final int PUT = 1;
    private static final int DELETED = 2;
    private static final int APPENDED = 3;
    private static final int MIN_CHANGE_BYTES = 6;

    private ChangeCodec() {}

    static void write(ByteWriter out, Entry entry) {
        out.bytes(entry.key().raw()).bytes(entry.value());
        out.i64(entry.createRevision()).i64(entry.modifyRevision()).i64(entry.leaseId());
    }

    static Entry entry(ByteReader in) {
        return new Entry(
                CommandCodec.key(in),
                in.bytes(Transaction.MAX_ENCODED_BYTES),
                in.i64(),
                in.i64(),
                in.i64());
    }

    static void write(ByteWriter out, StreamEntry entry) {
        out.i64(entry.sequence())
                .i64(entry.revision())
                .i64(entry.wallMillis())
                .bytes(entry.value());
    }

    static StreamEntry streamEntry(ByteReader in) {
        return new StreamEntry(
                in.i64(), in.i64(), in.i64(), in.bytes(Transaction.MAX_ENCODED_BYTES));
    }

    static void write(ByteWriter out, RevisionChanges item) {
        out.i64(item.revision()).i32(item.changes().size());
        for (var change : item.changes()) {
            switch (change) {
                case Change.Put(var entry) -> write(out.u8(PUT), entry);
                case Change.Deleted(var key, var cause) ->
                        out.u8(DELETED).bytes(key.raw()).u8(number(cause));
                case Change.Appended(var key, var entry) ->
                        write(out.u8(APPENDED).bytes(key.raw()), entry);
            }
        }
    }

    static RevisionChanges changes(ByteReader in) {
        var revision = in.i64();
        var count = in.count(MIN_CHANGE_BYTES);
        var changes = new ArrayList<Change>(count);
        for (var i = 0; i < count; i++) {
            changes.add(change(in));
        }
        return new RevisionChanges(revision, changes);
    }

    private static Change change(ByteReader in) {
        var type = in.u8();
        return switch (type) {
            case PUT -> new Change.Put(entry(in));
            case DELETED -> new Change.Deleted(CommandCodec.key(in), cause(in));
            case APPENDED -> new Change.Appended(CommandCodec.key(in), streamEntry(in));
            default -> throw in.malformed("unknown change type " + type);
        };
    }

    private static int number(Change.Cause cause) {
        return switch (cause) {
            case REQUESTED -> 1;
            case LEASE_ENDED -> 2;
        };
    }

    private static Change.Cause cause(ByteReader in) {
        var number = in.u8();
        return switch (number) {
            case 1 -> Change.Cause.REQUESTED;
            case 2 -> Change.Cause.LEASE_ENDED;
            default -> throw in.malformed("unknown cause " + number);
        };
    }
}
