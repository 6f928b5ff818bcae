package olympus.agent.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import olympus.foundation.CLibrary;

/**
 * The few system calls that the JDK does not offer, as static functions over the C library.
 *
 * <p>Calls that Linux numbers alike on every architecture (424 and above) go through {@code
 * syscall(2)}, so that an older C library does not matter. Errors come back as {@code -errno};
 * nothing here throws for them.
 */
final class Posix {

    static final int EINTR = 4;
    static final int ESRCH = 3;
    static final int ENOSYS = 38;
    static final int EPERM = 1;
    static final int EMFILE = 24;
    static final int EAGAIN = 11;
    static final short POLLIN = 1;
    static final short POLLOUT = 4;
    static final int EPOLLIN = 1;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;

    private static final long POLL_ENTRY = 8;
    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int IN_NONBLOCK = 0x800;

    private static final CLibrary.Function SYSCALL =
            CLibrary.variadicLongFunction(
                    "syscall",
                    1,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG);
    private static final CLibrary.Function KILL =
            CLibrary.function("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final CLibrary.Function CLOSE = CLibrary.function("close", ValueLayout.JAVA_INT);
    private static final CLibrary.Function EPOLL_CREATE =
            CLibrary.function("epoll_create1", ValueLayout.JAVA_INT);
    private static final CLibrary.Function EPOLL_CTL =
            CLibrary.function(
                    "epoll_ctl",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS);
    private static final CLibrary.Function EPOLL_WAIT =
            CLibrary.function(
                    "epoll_wait",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT);
    private static final CLibrary.Function EVENTFD =
            CLibrary.function("eventfd", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final CLibrary.Function PIPE =
            CLibrary.function("pipe2", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final CLibrary.Function READ =
            CLibrary.longFunction(
                    "read", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final CLibrary.Function WRITE =
            CLibrary.longFunction(
                    "write", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final CLibrary.Function FALLOCATE =
            CLibrary.function(
                    "fallocate",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG);
    private static final CLibrary.Function INOTIFY_INIT =
            CLibrary.function("inotify_init1", ValueLayout.JAVA_INT);
    private static final CLibrary.Function INOTIFY_ADD =
            CLibrary.function(
                    "inotify_add_watch",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT);
    private static final CLibrary.Function OPEN =
            CLibrary.variadicFunction(
                    "open", 2, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final CLibrary.Function GETEUID = CLibrary.function("geteuid");
    private static final CLibrary.Function POLL =
            CLibrary.function(
                    "poll", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);

    private Posix() {}

    /**
     * A descriptor that becomes readable when the process ends; {@code -ESRCH} when there is none.
     */
    static int pidfdOpen(long pid) {
        return (int) syscall(SYS_PIDFD_OPEN, pid, 0, 0);
    }

    /**
     * Signals exactly the process behind the descriptor, never one that got the same number later.
     */
    static int pidfdSendSignal(int pidfd, int signal) {
        return (int) syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0);
    }

    /** {@code kill(2)}: a negative {@code pid} means the process group. */
    static int kill(long pid, int signal) {
        return call(KILL, (int) pid, signal);
    }

    static int close(int fd) {
        return call(CLOSE, fd);
    }

    static int epollCreate() {
        return call(EPOLL_CREATE, CLOEXEC);
    }

    static int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
        return call(EPOLL_CTL, epoll, operation, fd, event);
    }

    static int epollWait(int epoll, MemorySegment events, int capacity, int timeoutMillis) {
        return call(EPOLL_WAIT, epoll, events, capacity, timeoutMillis);
    }

    static int eventfd() {
        return call(EVENTFD, 0, CLOEXEC | EFD_NONBLOCK);
    }

    /** The two ends of a pipe, neither of which ever makes its user wait. */
    record Pipe(int readEnd, int writeEnd) {}

    /** Throws {@link IOException} when there is none to be had. */
    static Pipe pipe() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            var result = call(PIPE, ends, O_CLOEXEC | O_NONBLOCK);
            if (result < 0) {
                throw new IOException("pipe2 failed with errno " + -result);
            }
            return new Pipe(
                    ends.getAtIndex(ValueLayout.JAVA_INT, 0),
                    ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    static int inotifyInit() {
        return call(INOTIFY_INIT, CLOEXEC | IN_NONBLOCK);
    }

    static int inotifyAddWatch(int inotify, String path, int mask) {
        try (var arena = Arena.ofConfined()) {
            return call(INOTIFY_ADD, inotify, arena.allocateFrom(path), mask);
        }
    }

    static long read(int fd, MemorySegment buffer) {
        return READ.call(fd, buffer, buffer.byteSize());
    }

    static long write(int fd, MemorySegment buffer) {
        return WRITE.call(fd, buffer, buffer.byteSize());
    }

    /**
     * Gives the blocks of {@code [0, length)} back to the filesystem; the file keeps its size. 0 or
     * {@code -errno}.
     */
    static int punchHole(String path, long length) {
        try (var arena = Arena.ofConfined()) {
            var fd = call(OPEN, arena.allocateFrom(path), O_WRONLY | O_CLOEXEC, 0);
            if (fd < 0) {
                return fd;
            }
            try {
                return call(FALLOCATE, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0L, length);
            } finally {
                close(fd);
            }
        }
    }

    /**
     * Waits until one of these can be read (or has ended), or the time is over.
     *
     * @param events {@link #POLLIN} or {@link #POLLOUT}
     */
    static boolean poll(List<Integer> fds, short events, int timeoutMillis) {
        try (var arena = Arena.ofConfined()) {
            var entries = arena.allocate(POLL_ENTRY * fds.size(), Integer.BYTES);
            for (var i = 0; i < fds.size(); i++) {
                entries.set(ValueLayout.JAVA_INT, POLL_ENTRY * i, fds.get(i));
                entries.set(ValueLayout.JAVA_SHORT, POLL_ENTRY * i + Integer.BYTES, events);
            }
            return call(POLL, entries, (long) fds.size(), timeoutMillis) > 0;
        }
    }

    static int effectiveUser() {
        return call(GETEUID);
    }

    private static long syscall(long number, long first, long second, long third) {
        return SYSCALL.call(number, first, second, third, 0L);
    }

    private static int call(CLibrary.Function function, Object... arguments) {
        return (int) function.call(arguments);
    }
}
