package olympus.agent.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private volatile boolean closing;
    private long lastToken = FIRST_TOKEN;

    PidWatcher(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        add(wake, WAKE);
        add(inotify, FILES);
        thread = Thread.ofPlatform().name("agent-watcher").daemon(true).start(this::run);
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

    /**
     * Empty when the process is not there any more; otherwise {@code onEnd} runs once when it ends.
     */
    Optional<Watch> watch(ProcessIdentity identity, String bootId, Runnable onEnd) {
        var pidfd = Posix.pidfdOpen(identity.pid());
        if (pidfd < 0) {
            return Optional.empty();
        }
        // Checked after opening: the descriptor pins the process that these ticks belong to.
        if (!ProcFs.isAlive(identity, bootId)) {
            Posix.close(pidfd);
            return Optional.empty();
        }
        synchronized (ends) {
            var watch = new Watch(pidfd, ++lastToken);
            ends.put(watch.token, new End(pidfd, watch, onEnd));
            add(pidfd, watch.token);
            return Optional.of(watch);
        }
    }

    /**
     * Runs {@code onGrowth} once at the next write to the file; false when the file is not there.
     */
    boolean watchFile(String path, Runnable onGrowth) {
        synchronized (growths) {
            var descriptor = Posix.inotifyAddWatch(inotify, path, IN_MODIFY | IN_ONESHOT);
            if (descriptor < 0) {
                return false;
            }
            growths.put(descriptor, onGrowth);
            return true;
        }
    }

    @Override
    public void close() {
        closing = true;
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
            ends.values().forEach(end -> Posix.close(end.pidfd));
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
