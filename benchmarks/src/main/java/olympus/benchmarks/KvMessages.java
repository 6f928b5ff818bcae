package olympus.benchmarks;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import olympus.hermes.Bytes;

/**
 * The few calls of etcd's API (v3) that are measured, as bytes: what is not needed is left out and
 * passed over. Both stores answer them, so that one client measures both.
 */
final class KvMessages {

    static final MethodDescriptor<byte[], byte[]> PUT = method("KV", "Put", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> RANGE = method("KV", "Range", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> STATUS =
            method("Maintenance", "Status", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> WATCH =
            method("Watch", "Watch", MethodType.BIDI_STREAMING);

    // Numbers of fields, by rpc.proto and kv.proto of etcd.
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int HEADER = 1;
    private static final int MEMBER = 2;
    private static final int KVS = 2;
    private static final int KV_VALUE = 5;
    private static final int LEADER = 4;
    private static final int TERM = 6;
    private static final int CREATE = 1;
    private static final int CREATED = 3;
    private static final int CANCELED = 4;
    private static final int EVENTS = 11;

    private KvMessages() {}

    /** Who a member is, whom it follows (0: nobody), and since which term. */
    record Status(long member, long leader, long term) {
        boolean leads() {
            return member == leader;
        }
    }

    /** What a message of a watch says. */
    record Told(boolean created, boolean canceled, int events) {}

    record KeyAndValue(Bytes key, Bytes value) {}

    static byte[] put(byte[] key, byte[] value) {
        return bytes(out -> {
            out.writeByteArray(KEY, key);
            out.writeByteArray(VALUE, value);
        });
    }

    /** Of one key, linearizable: that is the default of etcd. */
    static byte[] range(byte[] key) {
        return bytes(out -> out.writeByteArray(KEY, key));
    }

    static byte[] found(byte[] key, byte[] value) {
        var kv =
                bytes(out -> {
                    out.writeByteArray(KEY, key);
                    out.writeByteArray(KV_VALUE, value);
                });
        return bytes(out -> out.writeByteArray(KVS, kv));
    }

    static byte[] watch(byte[] key) {
        var create = range(key);
        return bytes(out -> out.writeByteArray(CREATE, create));
    }

    static byte[] watchCreated() {
        return bytes(out -> out.writeBool(CREATED, true));
    }

    static byte[] event(byte[] key, byte[] value) {
        var kv =
                bytes(out -> {
                    out.writeByteArray(KEY, key);
                    out.writeByteArray(KV_VALUE, value);
                });
        var event = bytes(out -> out.writeByteArray(VALUE, kv));
        return bytes(out -> out.writeByteArray(EVENTS, event));
    }

    static byte[] status(Status status) {
        var header = bytes(out -> out.writeUInt64(MEMBER, status.member));
        return bytes(out -> {
            out.writeByteArray(HEADER, header);
            out.writeUInt64(LEADER, status.leader);
            out.writeUInt64(TERM, status.term);
        });
    }

    static KeyAndValue parsePut(byte[] message) {
        var parsed = new byte[][] {new byte[0], new byte[0]};
        each(
                message,
                (field, in) -> {
                    switch (field) {
                        case KEY -> parsed[0] = in.readByteArray();
                        case VALUE -> parsed[1] = in.readByteArray();
                        default -> in.skipField(in.getLastTag());
                    }
                });
        return new KeyAndValue(Bytes.wrap(parsed[0]), Bytes.wrap(parsed[1]));
    }

    static byte[] parseWatch(byte[] message) {
        var parsed = new byte[][] {new byte[0]};
        each(
                message,
                (field, in) -> {
                    if (field == CREATE) {
                        parsed[0] = parsePut(in.readByteArray()).key.unsafeArray();
                    } else {
                        in.skipField(in.getLastTag());
                    }
                });
        return parsed[0];
    }

    static Status parseStatus(byte[] message) {
        var parsed = new long[3];
        each(
                message,
                (field, in) -> {
                    switch (field) {
                        case HEADER ->
                                each(
                                        in.readByteArray(),
                                        (inner, of) -> {
                                            if (inner == MEMBER) {
                                                parsed[0] = of.readUInt64();
                                            } else {
                                                of.skipField(of.getLastTag());
                                            }
                                        });
                        case LEADER -> parsed[1] = in.readUInt64();
                        case TERM -> parsed[2] = in.readUInt64();
                        default -> in.skipField(in.getLastTag());
                    }
                });
        return new Status(parsed[0], parsed[1], parsed[2]);
    }

    static Told parseTold(byte[] message) {
        var parsed = new int[3];
        each(
                message,
                (field, in) -> {
                    switch (field) {
                        case CREATED -> parsed[0] = in.readBool() ? 1 : 0;
                        case CANCELED -> parsed[1] = in.readBool() ? 1 : 0;
                        case EVENTS -> {
                            parsed[2]++;
                            in.skipField(in.getLastTag());
                        }
                        default -> in.skipField(in.getLastTag());
                    }
                });
        return new Told(parsed[0] == 1, parsed[1] == 1, parsed[2]);
    }

    private static void each(byte[] message, Field reader) {
        try {
            var in = CodedInputStream.newInstance(message);
            for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
                reader.read(WireFormat.getTagFieldNumber(tag), in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Writing writing) {
        var bytes = new ByteArrayOutputStream(192);
        var out = CodedOutputStream.newInstance(bytes, 192);
        try {
            writing.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static MethodDescriptor<byte[], byte[]> method(
            String service, String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName("etcdserverpb." + service + "/" + name)
                .setRequestMarshaller(AsBytes.INSTANCE)
                .setResponseMarshaller(AsBytes.INSTANCE)
                .build();
    }

    private interface Field {
        void read(int number, CodedInputStream in) throws IOException;
    }

    private interface Writing {
        void write(CodedOutputStream out) throws IOException;
    }

    private enum AsBytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
