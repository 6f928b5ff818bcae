package olympus.link;

import java.util.Optional;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;

/**
 * A command that an agent is asked to run, and the way to whoever asked. Bytes are exact.
 *
 * <p>Threading: any thread. {@link #output} and {@link #input} block while the other side has no
 * room or nothing to say; what is set by {@link #onResize} and {@link #onCancel} is run by link
 * threads and must hand over.
 */
public interface ExecCall {

    ExecRequest request();

    /** It runs. To be told before anything else. */
    void started();

    /** Of the two streams the second, {@code error}, is never used with a terminal. */
    void output(boolean error, byte[] data) throws InterruptedException;

    /** The next bytes for the command; empty at their end, or once nobody is there any more. */
    Optional<byte[]> input() throws InterruptedException;

    void onResize(Consumer<TerminalSize> resize);

    /** Nobody is there any more: the command shall end. Runs at once when that is so already. */
    void onCancel(Runnable cancel);

    /**
     * It has ended, after all output was told.
     *
     * @param code 128 + signal number when killed
     */
    void exited(int code);

    /** It could not be run, or what became of it is not known. */
    void failed(ErrorCode code, String reason);
}
