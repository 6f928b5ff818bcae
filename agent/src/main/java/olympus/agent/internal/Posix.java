package olympus.agent.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few system calls that the JDK does not offer, as static functions over the C library.
 *
 * <p>Calls that Linux numbers alike on every architecture (424 and above) go through {@code
 * syscall(2)}, so that an older C library does not matter. Errors come back as {@code -errno};
 * nothing here throws for them.
 */
@SuppressWarnings("restricted") // calling the C library is what this class is for
final class Posix {

    static final int EINTR = 4;
    static final int ESRCH = 3;
    static final int ENOSYS = 38;
    static final int EPERM = 1;
    static final int EMFILE = 24;
    static final int EPOLLIN = 1;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;

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

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SYSCALL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().find("syscall").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    ERRNO,
                    Linker.Option.firstVariadicArg(1));
    private static final MethodHandle KILL =
            function("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle CLOSE = function("close", ValueLayout.JAVA_INT);
    private static final MethodHandle EPOLL_CREATE =
            function("epoll_create1", ValueLayout.JAVA_INT);
    private static final MethodHandle EPOLL_CTL =
            function(
                    "epoll_ctl",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS);
    private static final MethodHandle EPOLL_WAIT =
            function(
                    "epoll_wait",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle EVENTFD =
            function("eventfd", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle PIPE =
            function("pipe2", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle READ =
            longFunction("read", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle WRITE =
            longFunction("write", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle FALLOCATE =
            function(
                    "fallocate",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG);
    private static final MethodHandle INOTIFY_INIT =
            function("inotify_init1", ValueLayout.JAVA_INT);
    private static final MethodHandle INOTIFY_ADD =
            function(
                    "inotify_add_watch",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle OPEN =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().find("open").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT),
                    ERRNO,
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle GETEUID =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().find("geteuid").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT));

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
        return longCall(READ, fd, buffer, buffer.byteSize());
    }

    static long write(int fd, MemorySegment buffer) {
        return longCall(WRITE, fd, buffer, buffer.byteSize());
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

    static int effectiveUser() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("geteuid cannot be called", e);
        }
    }

    private static MethodHandle function(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters),
                ERRNO);
    }

    private static MethodHandle longFunction(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters),
                ERRNO);
    }

    private static long syscall(long number, long first, long second, long third) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var result = (long) SYSCALL.invokeExact(state, number, first, second, third, 0L);
            return result < 0 ? -(int) ERRNO_VALUE.get(state, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("system call %d cannot be made".formatted(number), e);
        }
    }

    private static int call(MethodHandle function, Object... arguments) {
        return (int) longCall(function, arguments);
    }

    private static long longCall(MethodHandle function, Object... arguments) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            var result = ((Number) function.invokeWithArguments(all)).longValue();
            return result < 0 ? -(int) ERRNO_VALUE.get(state, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the C library cannot be called: " + function, e);
        }
    }
}
