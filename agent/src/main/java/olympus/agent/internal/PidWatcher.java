package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongToIntFunction;

/**
 * Watches processes for their end, and files for growth, with one thread for all of them: pidfds
 * and an inotify descriptor in one epoll set. Works for processes that are nobody's children, such
 * as adopted ones.
 *
 * <p>Threading: {@link #watch} and {@link #watchFile} may be called by any thread; callbacks run on
 * the watcher's thread and must only hand over. A watch fires once and is then gone.
 */
final class PidWatcher implements AutoCloseable {

    private static final int BATCH = 256;
    private static final int IN_MODIFY = 0x2;
    private static final int IN_ONESHOT = 0x80000000;
    private static final int INOTIFY_BUFFER = 64 * 1024;
    private static final int INOTIFY_HEADER = 16;
    private static final long WAKE = 0;
    private static final long FILES = 1;
    private static final long FIRST_TOKEN = 2;

    /** The kernel packs {@code struct epoll_event} on x86-64 only. */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int DATA_OFFSET = PACKED ? 4 : 8;

    private final int epoll = checked(Posix.epollCreate(), "epoll_create1");
    private final int wake = checked(Posix.eventfd(), "eventfd");
    private final int inotify = checked(Posix.inotifyInit(), "inotify_init1");

    /**
     * By token, never by descriptor: a closed descriptor's number is reused at once, also within
     * one batch of events.
     */
    private final Map<Long, End> ends = new HashMap<>();

    private final Map<Integer, Runnable> growths = new HashMap<>();
    private final LongToIntFunction pidfdOpen;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private volatile boolean closing;
    private long lastToken = FIRST_TOKEN;

    PidWatcher(Consumer<Throwable> onFailure) {
        this(Posix::pidfdOpen, onFailure);
        probe();
    }

    /**
     * @param pidfdOpen a descriptor of the process with this number, or {@code -errno}
     */
    PidWatcher(LongToIntFunction pidfdOpen, Consumer<Throwable> onFailure) {
        this.pidfdOpen = pidfdOpen;
        this.onFailure = onFailure;
        add(wake, WAKE);
        add(inotify, FILES);
        thread = Thread.ofPlatform().name("agent-watcher").daemon(true).start(this::run);
    }

    /** Refuses to begin on a machine where no process could be watched. */
    private void probe() {
        var own = pidfdOpen.applyAsInt(ProcessHandle.current().pid());
        if (own < 0) {
            close();
            throw new IllegalStateException(
                    "cannot watch processes: pidfd_open of the agent itself failed with %s; the agent needs Linux 5.4 or newer, and a sandbox must allow the call"
                            .formatted(name(-own)));
        }
        Posix.close(own);
    }

    private static String name(int errno) {
        return switch (errno) {
            case Posix.EPERM -> "EPERM (forbidden)";
            case Posix.EMFILE -> "EMFILE (too many open files)";
            case Posix.ENOSYS -> "ENOSYS (no such system call)";
            default -> "errno " + errno;
        };
    }

    private record End(int pidfd, Watch watch, Runnable onEnd) {}

    /** A held pidfd: signals go to exactly this process. */
    final class Watch {
        private final int pidfd;
        private final long token;
        private boolean open = true;

        private Watch(int pidfd, long token) {
            this.pidfd = pidfd;
            this.token = token;
        }

        /** 0, or {@code -errno}; {@code -ESRCH} once it has ended. */
        int signal(int number) {
            synchronized (ends) {
                return open ? Posix.pidfdSendSignal(pidfd, number) : -Posix.ESRCH;
            }
        }

        /** Takes the watch back; its callback does not run any more (unless it is just running). */
        void cancel() {
            synchronized (ends) {
                if (open) {
                    open = false;
                    ends.remove(token);
                    remove(pidfd);
                }
            }
        }
    }

    /** What an attempt to watch a process gave. */
    sealed interface Attempt {
        record Held(Watch watch) implements Attempt {}

        /** The process is certainly not there any more. */
        record Gone() implements Attempt {}

        /** Whether it is there is not known, or it is there but cannot be watched now. */
        record Refused(String why) implements Attempt {}
    }

    /** When it is held, {@code onEnd} runs once when it ends. */
    Attempt watch(ProcessIdentity identity, String bootId, Runnable onEnd) {
        var pidfd = pidfdOpen.applyAsInt(identity.pid());
        if (pidfd == -Posix.ESRCH) {
            return new Attempt.Gone();
        }
        try {
            // Checked after opening: the descriptor pins the process that these ticks belong to.
            if (!ProcFs.isAlive(identity, bootId)) {
                closeIfOpen(pidfd);
                return new Attempt.Gone();
            }
        } catch (UncheckedIOException e) {
            closeIfOpen(pidfd);
            return new Attempt.Refused(String.valueOf(e.getMessage()));
        }
        return pidfd < 0
                ? new Attempt.Refused("pidfd_open failed with " + name(-pidfd))
                : hold(pidfd, onEnd);
    }

    private Attempt hold(int pidfd, Runnable onEnd) {
        synchronized (ends) {
            if (closing) {
                Posix.close(pidfd);
                return new Attempt.Refused("the agent is shutting down");
            }
            var watch = new Watch(pidfd, ++lastToken);
            ends.put(watch.token, new End(pidfd, watch, onEnd));
            add(pidfd, watch.token);
            return new Attempt.Held(watch);
        }
    }

    private static void closeIfOpen(int pidfd) {
        if (pidfd >= 0) {
            Posix.close(pidfd);
        }
    }

    /**
     * Runs {@code onGrowth} once at the next write to the file; false when the file is not there.
     */
    boolean watchFile(String path, Runnable onGrowth) {
        synchronized (growths) {
            if (closing) {
                return false;
            }
            var descriptor = Posix.inotifyAddWatch(inotify, path, IN_MODIFY | IN_ONESHOT);
            if (descriptor < 0) {
                return false;
            }
            growths.put(descriptor, onGrowth);
            return true;
        }
    }

    /** Nothing can be watched afterwards, and no watch holds a descriptor any more. */
    @Override
    public void close() {
        synchronized (ends) {
            synchronized (growths) {
                closing = true;
            }
        }
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocate(ValueLayout.JAVA_LONG);
            one.set(ValueLayout.JAVA_LONG, 0, 1L);
            Posix.write(wake, one);
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (ends) {
            ends.values()
                    .forEach(end -> {
                        end.watch.open = false;
                        Posix.close(end.pidfd);
                    });
            ends.clear();
        }
        Posix.close(inotify);
        Posix.close(wake);
        Posix.close(epoll);
    }

    private void run() {
        try (var arena = Arena.ofConfined()) {
            var events = arena.allocate((long) EVENT_SIZE * BATCH, 8);
            var buffer = arena.allocate(INOTIFY_BUFFER, 8);
            while (!closing) {
                var count = Posix.epollWait(epoll, events, BATCH, -1);
                if (count < 0 && count != -Posix.EINTR) {
                    throw new IllegalStateException("epoll_wait failed with errno " + -count);
                }
                for (var i = 0; i < count; i++) {
                    fired(
                            events.get(
                                    ValueLayout.JAVA_LONG_UNALIGNED,
                                    (long) i * EVENT_SIZE + DATA_OFFSET),
                            buffer);
                }
            }
        } catch (RuntimeException e) {
            if (!closing) {
                onFailure.accept(e);
            }
        }
    }

    private void fired(long token, MemorySegment buffer) {
        if (token == FILES) {
            filesGrew(buffer);
        } else if (token != WAKE) {
            processEnded(token);
        }
    }

    private void processEnded(long token) {
        End end;
        synchronized (ends) {
            end = ends.remove(token);
            if (end != null) {
                end.watch.open = false;
                remove(end.pidfd);
            }
        }
        if (end != null) {
            end.onEnd.run();
        }
    }

    private void filesGrew(MemorySegment buffer) {
        var length = Posix.read(inotify, buffer);
        for (long at = 0; at + INOTIFY_HEADER <= length; ) {
            var descriptor = buffer.get(ValueLayout.JAVA_INT_UNALIGNED, at);
            var nameLength = buffer.get(ValueLayout.JAVA_INT_UNALIGNED, at + 12);
            Runnable onGrowth;
            synchronized (growths) {
                onGrowth = growths.remove(descriptor);
            }
            if (onGrowth != null) {
                onGrowth.run();
            }
            at += INOTIFY_HEADER + nameLength;
        }
    }

    private void add(int fd, long token) {
        try (var arena = Arena.ofConfined()) {
            var event = arena.allocate(EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT_UNALIGNED, 0, Posix.EPOLLIN);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA_OFFSET, token);
            checked(Posix.epollCtl(epoll, Posix.EPOLL_CTL_ADD, fd, event), "epoll_ctl");
        }
    }

    private void remove(int fd) {
        Posix.epollCtl(epoll, Posix.EPOLL_CTL_DEL, fd, MemorySegment.NULL);
        Posix.close(fd);
    }

    private static int checked(int result, String call) {
        if (result < 0) {
            throw new IllegalStateException("%s failed with errno %d".formatted(call, -result));
        }
        return result;
    }
}
