package olympus.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A command that runs in a container, with its streams. Bytes are exact.
 *
 * <p>Threading: one thread reads, one writes, any thread may do the rest. Closing ends the
 * conversation, not the command: engines have no word for that.
 */
public interface AttachedExec extends AutoCloseable {

    /** Some of what it writes; with a terminal all of it is {@code error == false}. */
    record Output(boolean error, ByteBuffer data) {}

    /**
     * How it stands.
     *
     * @param exitCode once it does not run any more
     * @param pid on the engine's machine, 0 where the engine does not tell
     */
    record Standing(boolean running, int exitCode, long pid) {}

    /** Blocks; empty when all streams of it are closed. */
    Optional<Output> next() throws IOException;

    /** Blocks while the command takes nothing. */
    void write(byte[] data) throws IOException;

    void endInput() throws IOException;

    void resize(ExecOrder.Size size);

    Standing standing();

    @Override
    void close() throws IOException;
}
