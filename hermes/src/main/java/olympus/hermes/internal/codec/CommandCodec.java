package olympus.hermes.internal.codec;

import java.time.Duration;
import java.util.ArrayList;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StoreLimits;
import olympus.hermes.StreamLimits;
import olympus.hermes.Transaction;
import olympus.hermes.internal.state.Command;

/**
 * A command as bytes: type, length of the body, body. Type numbers are for ever; a number is never
 * used again.
 */
public final class CommandCodec {

    private static final int TRANSACT = 1;
    private static final int TAKE_EPOCH = 2;
    private static final int FOUND = 3;
    private static final int RAISE_FEATURE_LEVEL = 4;
    private static final int RAISE_INCARNATION = 5;
    private static final int CONFIGURE = 6;
    private static final int VERIFY_HASH = 7;

    private static final int REVISION_IS = 1;
    private static final int VALUE_IS = 2;
    private static final int EXISTS = 3;
    private static final int ABSENT = 4;
    private static final int EPOCH_IS = 5;

    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int DELETE_TREE = 3;
    private static final int APPEND = 4;
    private static final int LIMIT_STREAM = 5;
    private static final int GRANT_LEASE = 6;
    private static final int KEEP_ALIVE = 7;
    private static final int REVOKE_LEASE = 8;

    private static final int MAX_ISLAND_ID = 64;

    private CommandCodec() {}

    /** As {@link #encode}, for what somebody wants to have written. */
    public static Bytes encodeBounded(Command command) {
        var encoded = encode(command);
        if (encoded.length() > Transaction.MAX_ENCODED_BYTES) {
            throw new IllegalArgumentException(
                    "a transaction has at most %d bytes encoded, this one has %d"
                            .formatted(Transaction.MAX_ENCODED_BYTES, encoded.length()));
        }
        return encoded;
    }

    public static Bytes encode(Command command) {
        var out = new ByteWriter(64);
        out.u8(type(command)).i32(0);
        switch (command) {
            case Command.Transact(var transaction) -> write(out, transaction);
            case Command.TakeEpoch _ -> {}
            case Command.Found(var islandId) -> out.text(islandId);
            case Command.RaiseFeatureLevel(var level) -> out.i32(level);
            case Command.RaiseIncarnation(var incarnation) -> out.i64(incarnation);
            case Command.Configure(var limits) -> writeLimits(out, limits);
            case Command.VerifyHash(var index, var hash) -> out.i64(index).i64(hash);
        }
        out.i32At(1, out.size() - 5);
        return Bytes.wrap(out.toArray());
    }

    static Command decode(ByteReader in) {
        var type = in.u8();
        var length = in.i32();
        if (length < 0 || length > in.remaining()) {
            throw in.malformed(
                    "a command of " + length + " bytes with " + in.remaining() + " left");
        }
        var end = in.position() + length;
        var command = body(in, type);
        if (in.position() != end) {
            throw in.malformed("command type " + type + " should end at byte " + end);
        }
        return command;
    }

    private static Command body(ByteReader in, int type) {
        return switch (type) {
            case TRANSACT -> new Command.Transact(transaction(in));
            case TAKE_EPOCH -> new Command.TakeEpoch();
            case FOUND -> new Command.Found(in.text(MAX_ISLAND_ID));
            case RAISE_FEATURE_LEVEL -> new Command.RaiseFeatureLevel(in.i32());
            case RAISE_INCARNATION -> new Command.RaiseIncarnation(in.i64());
            case CONFIGURE -> new Command.Configure(limits(in));
            case VERIFY_HASH -> new Command.VerifyHash(in.i64(), in.i64());
            default -> throw in.malformed("unknown command type " + type);
        };
    }

    private static int type(Command command) {
        return switch (command) {
            case Command.Transact _ -> TRANSACT;
            case Command.TakeEpoch _ -> TAKE_EPOCH;
            case Command.Found _ -> FOUND;
            case Command.RaiseFeatureLevel _ -> RAISE_FEATURE_LEVEL;
            case Command.RaiseIncarnation _ -> RAISE_INCARNATION;
            case Command.Configure _ -> CONFIGURE;
            case Command.VerifyHash _ -> VERIFY_HASH;
        };
    }

    private static void write(ByteWriter out, Transaction transaction) {
        out.u16(transaction.conditions().size()).u16(transaction.operations().size());
        for (var condition : transaction.conditions()) {
            write(out, condition);
        }
        for (var operation : transaction.operations()) {
            write(out, operation);
        }
    }

    private static void write(ByteWriter out, Condition condition) {
        switch (condition) {
            case Condition.RevisionIs(var key, var revision) ->
                    out.u8(REVISION_IS).bytes(key.raw()).i64(revision);
            case Condition.ValueIs(var key, var value) ->
                    out.u8(VALUE_IS).bytes(key.raw()).bytes(value);
            case Condition.Exists(var key) -> out.u8(EXISTS).bytes(key.raw());
            case Condition.Absent(var key) -> out.u8(ABSENT).bytes(key.raw());
            case Condition.EpochIs(var epoch) -> out.u8(EPOCH_IS).i64(epoch);
        }
    }

    private static void write(ByteWriter out, Operation operation) {
        switch (operation) {
            case Operation.Put(var key, var value, var leaseId) ->
                    out.u8(PUT).bytes(key.raw()).bytes(value).i64(leaseId);
            case Operation.Delete(var key) -> out.u8(DELETE).bytes(key.raw());
            case Operation.DeleteTree(var prefix) -> out.u8(DELETE_TREE).bytes(prefix.raw());
            case Operation.Append(var stream, var value) ->
                    out.u8(APPEND).bytes(stream.raw()).bytes(value);
            case Operation.LimitStream(var stream, var limits) -> {
                out.u8(LIMIT_STREAM).bytes(stream.raw());
                writeStreamLimits(out, limits);
            }
            case Operation.GrantLease(var timeToLive) ->
                    out.u8(GRANT_LEASE).i64(timeToLive.toMillis());
            case Operation.KeepAlive(var leaseId) -> out.u8(KEEP_ALIVE).i64(leaseId);
            case Operation.RevokeLease(var leaseId) -> out.u8(REVOKE_LEASE).i64(leaseId);
        }
    }

    /** Also used by the snapshot. */
    public static void writeLimits(ByteWriter out, StoreLimits limits) {
        out.i64(limits.ringBytes()).i32(limits.ringRevisions()).i64(limits.tableBytes());
        out.i32(limits.leases()).i32(limits.streams());
    }

    /** Also used by the snapshot. */
    public static void writeStreamLimits(ByteWriter out, StreamLimits limits) {
        out.i64(limits.maxBytes()).i64(limits.maxCount()).i64(limits.maxAge().toMillis());
    }

    public static StreamLimits streamLimits(ByteReader in) {
        var maxBytes = in.i64();
        var maxCount = in.i64();
        var maxAge = in.i64();
        if (maxBytes < 1 || maxCount < 1 || maxAge < 0) {
            throw in.malformed(
                    "stream limits of %d bytes, %d elements, %d ms"
                            .formatted(maxBytes, maxCount, maxAge));
        }
        // Below a millisecond there is nothing to count in; apply refuses such limits.
        return new StreamLimits(
                maxBytes, maxCount, maxAge == 0 ? Duration.ofNanos(1) : Duration.ofMillis(maxAge));
    }

    public static Key key(ByteReader in) {
        var raw = in.bytes(Key.MAX_LENGTH);
        if (raw.length() == 0) {
            throw in.malformed("an empty key");
        }
        return new Key(raw);
    }

    private static Transaction transaction(ByteReader in) {
        var conditionCount = in.u16();
        var operationCount = in.u16();
        if (conditionCount > Transaction.MAX_OPERATIONS
                || operationCount > Transaction.MAX_OPERATIONS) {
            throw in.malformed(
                    "%d conditions and %d operations in a transaction, the limit is %d"
                            .formatted(conditionCount, operationCount, Transaction.MAX_OPERATIONS));
        }
        var conditions = new ArrayList<Condition>(conditionCount);
        for (var i = 0; i < conditionCount; i++) {
            conditions.add(condition(in));
        }
        var operations = new ArrayList<Operation>(operationCount);
        for (var i = 0; i < operationCount; i++) {
            operations.add(operation(in));
        }
        return new Transaction(conditions, operations);
    }

    private static Condition condition(ByteReader in) {
        var type = in.u8();
        return switch (type) {
            case REVISION_IS -> new Condition.RevisionIs(key(in), in.i64());
            case VALUE_IS -> new Condition.ValueIs(key(in), value(in));
            case EXISTS -> new Condition.Exists(key(in));
            case ABSENT -> new Condition.Absent(key(in));
            case EPOCH_IS -> new Condition.EpochIs(in.i64());
            default -> throw in.malformed("unknown condition type " + type);
        };
    }

    private static Operation operation(ByteReader in) {
        var type = in.u8();
        return switch (type) {
            case PUT -> new Operation.Put(key(in), value(in), in.i64());
            case DELETE -> new Operation.Delete(key(in));
            case DELETE_TREE -> new Operation.DeleteTree(key(in));
            case APPEND -> new Operation.Append(key(in), value(in));
            case LIMIT_STREAM -> new Operation.LimitStream(key(in), streamLimits(in));
            case GRANT_LEASE -> new Operation.GrantLease(Duration.ofMillis(in.i64()));
            case KEEP_ALIVE -> new Operation.KeepAlive(in.i64());
            case REVOKE_LEASE -> new Operation.RevokeLease(in.i64());
            default -> throw in.malformed("unknown operation type " + type);
        };
    }

    private static Bytes value(ByteReader in) {
        return in.bytes(Transaction.MAX_ENCODED_BYTES);
    }

    /** Also used by the snapshot. */
    public static StoreLimits limits(ByteReader in) {
        var ringBytes = in.i64();
        var ringRevisions = in.i32();
        var tableBytes = in.i64();
        var leases = in.i32();
        var streams = in.i32();
        try {
            return new StoreLimits(ringBytes, ringRevisions, tableBytes, leases, streams);
        } catch (IllegalArgumentException e) {
            throw in.malformed("store limits: " + e.getMessage());
        }
    }
}
