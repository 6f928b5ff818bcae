package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import olympus.foundation.ErrorCode;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.Group;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * The message by which a member hands an entry to the one that leads, and its answer.
 *
 * <p>The entry is encoded as it would stand in the log; the leader stamps it anew and keeps its
 * origin and origin sequence, so a message that is repeated, to whichever leader, is applied once.
 * The member that asked sees the result when it applies the entry itself.
 *
 * <pre>
 *  answer: COMMITTED | REFUSED code-length code reason | UNKNOWN reason
 * </pre>
 */
final class Forwarding {

    private static final byte COMMITTED = 1;
    private static final byte REFUSED = 2;
    private static final byte UNKNOWN = 3;

    private final Group group;

    Forwarding(Group group) {
        this.group = group;
    }

    /** An entry of another member that this one proposes, with who waits for its outcome. */
    record Foreign(LogEntry entry, CompletableFuture<ByteBuffer> outcome) {

        void committed() {
            outcome.complete(ByteBuffer.wrap(new byte[] {COMMITTED}));
        }

        void ended(Outcome ended) {
            outcome.complete(encode(ended));
        }
    }

    /**
     * Asks {@code leader} to propose the batch. {@code ended} is told by any thread when it did not
     * come through.
     */
    void send(Batch batch, String leader, BiConsumer<Batch, Outcome> ended) {
        var _ =
                group.ask(leader, batch.bytes())
                        .whenComplete((answer, failure) -> {
                            if (failure != null) {
                                ended.accept(batch, new Outcome.Unknown("" + failure.getMessage()));
                            } else if (answer.get(0) != COMMITTED) {
                                ended.accept(batch, decode(answer));
                            }
                        });
    }

    /** What another member has sent. */
    static LogEntry read(ByteBuffer message) {
        return EntryCodec.decode(message);
    }

    static ByteBuffer refused(String reason) {
        return encode(new Outcome.Rejected(ErrorCode.UNAVAILABLE, reason));
    }

    private static ByteBuffer encode(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Rejected(var code, var reason) -> encode(REFUSED, code.name(), reason);
            case Outcome.Unknown(var reason) -> encode(UNKNOWN, "", reason);
        };
    }

    private static ByteBuffer encode(byte kind, String code, String reason) {
        var name = code.getBytes(StandardCharsets.UTF_8);
        var text = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + name.length + text.length)
                .put(kind)
                .put((byte) name.length)
                .put(name)
                .put(text)
                .flip();
    }

    private static Outcome decode(ByteBuffer answer) {
        var kind = answer.get();
        if ((kind != REFUSED && kind != UNKNOWN) || !answer.hasRemaining()) {
            return new Outcome.Unknown("the leader's answer is not understood: kind " + kind);
        }
        var name = new byte[Math.min(answer.get() & 0xff, answer.remaining())];
        answer.get(name);
        var reason = StandardCharsets.UTF_8.decode(answer).toString();
        return kind == UNKNOWN ? new Outcome.Unknown(reason) : refused(name, reason);
    }

    private static Outcome refused(byte[] name, String reason) {
        try {
            return new Outcome.Rejected(
                    ErrorCode.valueOf(new String(name, StandardCharsets.UTF_8)), reason);
        } catch (IllegalArgumentException newer) {
            return new Outcome.Rejected(ErrorCode.UNAVAILABLE, reason);
        }
    }
}
