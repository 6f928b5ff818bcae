package olympus.agent.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import olympus.link.TerminalSize;

/**
 * A command of this machine, read through file descriptors: two pipes, or one terminal. What it
 * leaves running in the background may keep those open; its own end is the end all the same, once
 * nothing more is to be read.
 *
 * <p>Threading: as {@link Talk}; on platform threads, because the waiting is the kernel's.
 */
final class DescriptorTalk implements Talk {

    private static final int WAIT_MILLIS = 100;
    private static final int PIECE = 32 * 1024;
    private static final byte END_OF_TRANSMISSION = 4;

    private final Process process;
    private final Optional<Pty> pty;
    private final List<Integer> all;
    private final List<Integer> sources;
    private final int errors;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    DescriptorTalk(Process process, Pty pty) {
        this(process, Optional.of(pty), List.of(pty.master()), -1);
    }

    DescriptorTalk(Process process, int output, int errors) {
        this(process, Optional.empty(), List.of(output, errors), errors);
    }

    private DescriptorTalk(Process process, Optional<Pty> pty, List<Integer> sources, int errors) {
        this.process = process;
        this.pty = pty;
        this.all = sources;
        this.sources = new ArrayList<>(sources);
        this.errors = errors;
    }

    @Override
    public Optional<Output> next() {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(PIECE);
            while (!sources.isEmpty()) {
                var ended = !process.isAlive();
                var ready = Posix.poll(sources, Posix.POLLIN, WAIT_MILLIS);
                var some = read(buffer);
                if (some.isPresent()) {
                    return some;
                }
                if (ended && !ready) {
                    break;
                }
            }
            return Optional.empty();
        }
    }

    /** What is there of the first that has something; those that have ended are dropped. */
    private Optional<Output> read(MemorySegment buffer) {
        for (var source : List.copyOf(sources)) {
            var count = Posix.read(source, buffer);
            if (count > 0) {
                var bytes = buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
                return Optional.of(new Output(source == errors, ByteBuffer.wrap(bytes)));
            }
            if (count != -Posix.EAGAIN && count != -Posix.EINTR && !isHungUpAlive(count)) {
                sources.removeIf(source::equals);
            }
        }
        return Optional.empty();
    }

    /** A terminal that nobody has open is told at once: not to ask again at once. */
    private boolean isHungUpAlive(long count) {
        try {
            return pty.isPresent()
                    && count < 0
                    && !process.waitFor(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void write(byte[] data) throws IOException {
        if (pty.isPresent()) {
            writeTerminal(pty.get(), data);
        } else {
            OutputStream input = process.getOutputStream();
            input.write(data);
            input.flush();
        }
    }

    private void writeTerminal(Pty to, byte[] data) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var all = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
            var done = 0L;
            while (done < data.length) {
                if (!process.isAlive() || Thread.currentThread().isInterrupted()) {
                    throw new IOException("the command has ended");
                }
                Posix.poll(List.of(to.master()), Posix.POLLOUT, WAIT_MILLIS);
                done += Math.max(0, write(to, all.asSlice(done)));
            }
        }
    }

    private long write(Pty to, MemorySegment bytes) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the terminal is closed");
            }
            return Posix.write(to.master(), bytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void endInput() throws IOException {
        if (pty.isPresent()) {
            writeTerminal(pty.get(), new byte[] {END_OF_TRANSMISSION});
        } else {
            process.getOutputStream().close();
        }
    }

    @Override
    public void resize(TerminalSize size) {
        lock.lock();
        try {
            if (!closed) {
                pty.ifPresent(terminal -> terminal.resize(size));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end() {
        if (process.isAlive()) {
            ProcessGroup.of(process.pid()).end(pty.isPresent(), () -> !process.isAlive());
        }
    }

    @Override
    public int exitCode() throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                all.forEach(Posix::close);
            }
        } finally {
            lock.unlock();
        }
    }
}
