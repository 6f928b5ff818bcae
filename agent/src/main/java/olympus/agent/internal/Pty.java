package olympus.agent.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import olympus.foundation.CLibrary;
import olympus.link.TerminalSize;

/**
 * A pseudo-terminal: what a command has as its terminal is the device at {@link #path}, its other
 * end is here. Threading: none of its own; see {@link DescriptorTalk}. Source: pty(7).
 */
record Pty(int master, String path) {

    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPTN = 0x80045430L;

    private static final CLibrary.Function OPEN =
            CLibrary.function("posix_openpt", ValueLayout.JAVA_INT);
    private static final CLibrary.Function GRANT =
            CLibrary.function("grantpt", ValueLayout.JAVA_INT);
    private static final CLibrary.Function UNLOCK =
            CLibrary.function("unlockpt", ValueLayout.JAVA_INT);
    private static final CLibrary.Function IOCTL =
            CLibrary.variadicFunction(
                    "ioctl", 2, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);

    static Pty open(TerminalSize size) throws IOException {
        var master = OPEN.call(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (master < 0) {
            throw new IOException("this machine gives no terminal: errno " + -master);
        }
        var fd = (int) master;
        if (GRANT.call(fd) < 0 || UNLOCK.call(fd) < 0) {
            Posix.close(fd);
            throw new IOException("this machine gives no terminal: it cannot be unlocked");
        }
        try (var arena = Arena.ofConfined()) {
            var number = arena.allocate(ValueLayout.JAVA_INT);
            if (IOCTL.call(fd, TIOCGPTN, number) < 0) {
                Posix.close(fd);
                throw new IOException("this machine gives no terminal: it has no name");
            }
            var pty = new Pty(fd, "/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0));
            pty.resize(size);
            return pty;
        }
    }

    void resize(TerminalSize size) {
        try (var arena = Arena.ofConfined()) {
            var wanted = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            wanted.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) size.rows());
            wanted.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) size.columns());
            var ignored = IOCTL.call(master, TIOCSWINSZ, wanted);
        }
    }
}
