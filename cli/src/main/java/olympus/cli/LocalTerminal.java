package olympus.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import olympus.foundation.CLibrary;

/**
 * The terminal that a person sits at, while it hands every key on as it is typed. The way it was
 * comes back with {@link #restore}, also when the process is ended by a signal.
 */
final class LocalTerminal {

    private static final int STANDARD_INPUT = 0;
    private static final int AFTER_OUTPUT = 1;
    private static final long TIOCGWINSZ = 0x5413;

    /** More than any system's {@code struct termios} has. */
    private static final int SETTINGS_BYTES = 256;

    private static final CLibrary.Function GET =
            CLibrary.function("tcgetattr", ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    private static final CLibrary.Function SET =
            CLibrary.function(
                    "tcsetattr", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    private static final CLibrary.Function MAKE_RAW =
            CLibrary.function("cfmakeraw", ValueLayout.ADDRESS);
    private static final CLibrary.Function IOCTL =
            CLibrary.variadicFunction(
                    "ioctl", 2, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);

    private final byte[] before;
    private boolean raw;

    private LocalTerminal(byte[] before) {
        this.before = before;
    }

    /** In characters. */
    record Size(int columns, int rows) {}

    /** Empty when standard input is none. */
    static Optional<LocalTerminal> ofProcess() {
        try (var arena = Arena.ofConfined()) {
            var settings = arena.allocate(SETTINGS_BYTES);
            return GET.call(STANDARD_INPUT, settings) < 0
                    ? Optional.empty()
                    : Optional.of(new LocalTerminal(settings.toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    Size size() {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            var ignored = IOCTL.call(STANDARD_INPUT, TIOCGWINSZ, size);
            return new Size(
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)),
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0)));
        }
    }

    /** From now on no key has a meaning here. */
    synchronized void makeRaw() {
        try (var arena = Arena.ofConfined()) {
            var settings = copy(arena);
            var ignored = MAKE_RAW.call(settings);
            var set = SET.call(STANDARD_INPUT, AFTER_OUTPUT, settings);
            raw = set >= 0;
        }
    }

    synchronized void restore() {
        if (raw) {
            raw = false;
            try (var arena = Arena.ofConfined()) {
                var ignored = SET.call(STANDARD_INPUT, AFTER_OUTPUT, copy(arena));
            }
        }
    }

    private MemorySegment copy(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, before);
    }
}
