package olympus.link;

import java.nio.ByteBuffer;
import olympus.foundation.ErrorCode;

/**
 * A command that runs within an instance, as whoever asked for it sees it. Bytes are exact.
 *
 * <p>Threading: any thread; {@link #next} and {@link #input} block.
 */
public interface ExecSession {

    /** What is heard of a command. */
    sealed interface Heard {
        /** Some of its output. */
        record Output(boolean error, ByteBuffer data) implements Heard {}

        /** It has ended, and nothing follows: 128 + signal number when killed. */
        record Exited(int code) implements Heard {}

        /** What becomes of it is not known, and nothing follows. */
        record Failed(ErrorCode code, String reason) implements Heard {}
    }

    /** What it says next; the end again and again. */
    Heard next() throws InterruptedException;

    /** False when it takes nothing any more: it has ended. */
    boolean input(byte[] data) throws InterruptedException;

    /** Its input is at the end. */
    void endInput();

    void resize(TerminalSize size);

    /** Ends the command; nothing more is heard of it. */
    void cancel();
}
