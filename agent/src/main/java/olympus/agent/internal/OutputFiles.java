package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The two files of a run that its output is copied into from elsewhere. What they are longer by
 * than was accounted for is what comes again first, and is left out. Threading: one thread at a
 * time.
 */
final class OutputFiles implements AutoCloseable {

    private static final Duration DISK_PAUSE = Duration.ofSeconds(1);

    private final FileChannel out;
    private final FileChannel err;
    private final long[] toSkip;

    /**
     * @param stdout how much of it was accounted for
     */
    OutputFiles(RunFolder folder, long stdout, long stderr) throws IOException {
        out = open(folder.stdout());
        try {
            err = open(folder.stderr());
        } catch (IOException e) {
            out.close();
            throw e;
        }
        toSkip = new long[] {out.size() - stdout, err.size() - stderr};
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** What is still to come again, of stdout or stderr. */
    long left(boolean isError) {
        return toSkip[isError ? 1 : 0];
    }

    boolean hasCaughtUp() {
        return toSkip[0] == 0 && toSkip[1] == 0;
    }

    /** A full disk is waited for, unless {@code givenUp}: whoever has the output keeps the rest. */
    void append(boolean isError, byte[] text, BooleanSupplier givenUp) {
        var index = isError ? 1 : 0;
        var skipped = (int) Math.min(text.length, toSkip[index]);
        toSkip[index] -= skipped;
        var rest = ByteBuffer.wrap(text, skipped, text.length - skipped);
        var file = isError ? err : out;
        while (rest.hasRemaining()) {
            try {
                var _ = file.write(rest);
            } catch (IOException e) {
                if (givenUp.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                    throw new UncheckedIOException("interrupted", e);
                }
                LockSupport.parkNanos(DISK_PAUSE.toNanos());
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            err.close();
        }
    }
}
