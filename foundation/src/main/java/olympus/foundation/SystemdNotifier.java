package olympus.foundation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Tells systemd how this process is doing, by the protocol of {@code sd_notify(3)}: datagrams of
 * {@code KEY=value} lines to the Unix socket that {@code NOTIFY_SOCKET} names. Where no such socket
 * is named, nothing is sent. (The JDK has no Unix datagram sockets, hence the C library.)
 *
 * <p>Threading: any thread. Limits: a status is cut at {@link #MAX_STATUS_BYTES}; sending never
 * blocks.
 */
public final class SystemdNotifier {

    public static final int MAX_STATUS_BYTES = 1_024;

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
    private static final int PATH_BYTES = 108;

    private static final CLibrary.Function SOCKET =
            CLibrary.function(
                    "socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final CLibrary.Function SENDTO =
            CLibrary.longFunction(
                    "sendto",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT);
    private static final CLibrary.Function CLOSE = CLibrary.function("close", ValueLayout.JAVA_INT);

    private final Optional<String> socket;
    private final Optional<Duration> watchdog;

    private SystemdNotifier(Optional<String> socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /**
     * Reads {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID} as systemd sets
     * them for {@code pid}.
     */
    public static SystemdNotifier from(Map<String, String> environment, long pid) {
        var socket =
                Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                        .filter(path -> !path.isEmpty());
        if (socket.isPresent() && !isUsable(socket.get())) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "NOTIFY_SOCKET is \"%s\"; expected an absolute path or @name of at most %d bytes"
                            .formatted(socket.get(), PATH_BYTES - 1));
        }
        var forUs =
                Long.toString(pid)
                        .equals(environment.getOrDefault("WATCHDOG_PID", Long.toString(pid)));
        var watchdog =
                Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                        .filter(micros -> forUs && socket.isPresent())
                        .map(SystemdNotifier::interval);
        return new SystemdNotifier(socket, watchdog);
    }

    /**
     * How often {@link #alive} must be called, half of what systemd allows; empty when it does not
     * watch.
     */
    public Optional<Duration> watchdogInterval() {
        return watchdog;
    }

    /** The process does its work. */
    public void ready(String status) throws IOException {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    public void status(String status) throws IOException {
        send("STATUS=" + oneLine(status));
    }

    /** The process has begun to end. */
    public void stopping(String status) throws IOException {
        send("STOPPING=1\nSTATUS=" + oneLine(status));
    }

    /**
     * The watchdog may go on sleeping. To be called by the loop whose life matters, not by a timer
     * beside it.
     */
    public void alive() throws IOException {
        send("WATCHDOG=1");
    }

    private void send(String message) throws IOException {
        if (socket.isEmpty()) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var descriptor = (int) checked(SOCKET.call(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0), "socket");
            try {
                var bytes = message.getBytes(StandardCharsets.UTF_8);
                var address = address(arena, socket.get());
                checked(
                        SENDTO.call(
                                descriptor,
                                arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes),
                                (long) bytes.length,
                                MSG_DONTWAIT_NOSIGNAL,
                                address,
                                (int) address.byteSize()),
                        "sendto");
            } finally {
                checked(CLOSE.call(descriptor), "close");
            }
        }
    }

    private long checked(long result, String call) throws IOException {
        if (result < 0) {
            throw new IOException(
                    "cannot tell systemd at %s: %s failed with errno %d"
                            .formatted(socket.orElse(""), call, -result));
        }
        return result;
    }

    /**
     * A {@code sockaddr_un} that is as long as the name, as abstract names (with {@code @} for the
     * zero byte) require.
     */
    private static MemorySegment address(Arena arena, String path) {
        var name = path.getBytes(StandardCharsets.UTF_8);
        var isAbstract = path.startsWith("@");
        if (isAbstract) {
            name[0] = 0;
        }
        var address = arena.allocate(Short.BYTES + name.length + (isAbstract ? 0 : 1), Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, name.length);
        return address;
    }

    private static boolean isUsable(String path) {
        return (path.startsWith("/") || path.startsWith("@"))
                && path.getBytes(StandardCharsets.UTF_8).length < PATH_BYTES;
    }

    private static Duration interval(String micros) {
        try {
            return Duration.ofNanos(Math.multiplyExact(Long.parseLong(micros), 1_000L) / 2);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "WATCHDOG_USEC is \"%s\"; expected a number of microseconds".formatted(micros),
                    e);
        }
    }

    private static String oneLine(String status) {
        var line = status.replace('\n', ' ');
        while (line.getBytes(StandardCharsets.UTF_8).length > MAX_STATUS_BYTES) {
            line = line.substring(0, line.length() * 3 / 4);
        }
        return line;
    }
}
