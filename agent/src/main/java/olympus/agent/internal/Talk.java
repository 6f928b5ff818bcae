package olympus.agent.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import olympus.link.TerminalSize;

/**
 * A command that runs for a person, with its streams. Bytes are exact.
 *
 * <p>Threading: one thread reads, one writes, any thread may do the rest; {@link #next}, {@link
 * #write}, {@link #end} and {@link #exitCode} block.
 */
interface Talk extends AutoCloseable {

    /** Some of what it writes. */
    record Output(boolean error, ByteBuffer data) {}

    /** Empty when nothing more comes. */
    Optional<Output> next() throws IOException;

    /** Throws when the command takes nothing any more. */
    void write(byte[] data) throws IOException;

    void endInput() throws IOException;

    void resize(TerminalSize size);

    /** Asks it to end, then makes it. */
    void end();

    /** To be asked after the last output; 128 + signal number when killed. */
    int exitCode() throws IOException;

    /** Lets go of its streams. */
    @Override
    void close() throws IOException;
}
