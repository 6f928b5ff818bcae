package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.internal.codec.ByteReader;
import olympus.hermes.internal.codec.ByteWriter;
import olympus.hermes.log.Group;

/**
 * The questions by which strict reads are confirmed, and their answers. A member of an older
 * version refuses them.
 *
 * <pre>
 *  your term?             "HERQ" 2 incarnation(8)          answer: "HERT" term(8) name
 *  a confirmed index?     "HERQ" 3 incarnation(8) term(8)  answer: "HERI" index(8)
 * </pre>
 *
 * <p>The answer names who gives it: at the address of a member that was removed another may listen,
 * which has not heard of anything yet. The incarnation keeps apart the stores before and after a
 * recovery, whose terms have nothing to do with each other.
 *
 * <p>Threading: any.
 */
final class TermQuestions {

    static final int TERM = 2;
    static final int INDEX = 3;

    private static final int QUESTION = 0x48455251; // "HERQ"
    private static final int TERM_ANSWER = 0x48455254; // "HERT"
    private static final int INDEX_ANSWER = 0x48455249; // "HERI"
    private static final int MAX_NAME = 256;

    private final Group group;
    private final LongSupplier incarnation;

    /** A follower wants an index, and was in {@code term} after its reads had arrived. */
    record IndexWanted(long term) {}

    TermQuestions(Group group, LongSupplier incarnation) {
        this.group = group;
        this.incarnation = incarnation;
    }

    /** Which of the questions to a member itself it is; 0 when it is none. */
    static int kind(ByteBuffer message) {
        return MemberReports.isQuestion(message) && message.remaining() > Integer.BYTES
                ? message.get(message.position() + Integer.BYTES)
                : 0;
    }

    ByteBuffer askTerm() {
        return ByteBuffer.wrap(head(TERM).toArray());
    }

    ByteBuffer askIndex(long term) {
        return ByteBuffer.wrap(head(INDEX).i64(term).toArray());
    }

    private ByteWriter head(int kind) {
        return new ByteWriter(32).i32(QUESTION).u8(kind).i64(incarnation.getAsLong());
    }

    /** Says this member's term as it is now, after the question has arrived. */
    ByteBuffer answerTerm(ByteBuffer question) {
        open(question);
        var term = standing().term();
        return ByteBuffer.wrap(
                new ByteWriter(64).i32(TERM_ANSWER).i64(term).text(group.self()).toArray());
    }

    /** The term that {@code voter} says. */
    static long term(ByteBuffer answer, String voter) {
        var in = new ByteReader(answer);
        if (in.i32() != TERM_ANSWER) {
            throw in.malformed("not a term");
        }
        var term = in.i64();
        var name = in.text(MAX_NAME);
        if (!name.equals(voter)) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "%s was asked for its term, and %s answered".formatted(voter, name));
        }
        return term;
    }

    IndexWanted readIndexWanted(ByteBuffer question) {
        return new IndexWanted(open(question).i64());
    }

    static ByteBuffer answerIndex(long index) {
        return ByteBuffer.wrap(new ByteWriter(16).i32(INDEX_ANSWER).i64(index).toArray());
    }

    static long index(ByteBuffer answer) {
        var in = new ByteReader(answer);
        if (in.i32() != INDEX_ANSWER) {
            throw in.malformed("not an index");
        }
        return in.i64();
    }

    private ByteReader open(ByteBuffer question) {
        var in = new ByteReader(question);
        in.i32();
        in.u8();
        var asked = in.i64();
        var own = incarnation.getAsLong();
        if (asked != own) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "asked on behalf of incarnation %d of the store, this is %d"
                            .formatted(asked, own));
        }
        return in;
    }

    private Group.Standing standing() {
        return group.standing()
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.UNAVAILABLE, "the log of this server is closed"));
    }
}
