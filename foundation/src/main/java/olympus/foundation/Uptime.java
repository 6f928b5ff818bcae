package olympus.foundation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * How long the machine has been up, as the kernel tells in {@code /proc/uptime}. While that cannot
 * be read (no descriptor left), it goes on from the last reading by monotonic time.
 *
 * <p>Threading: any thread.
 */
final class Uptime {

    static final Uptime INSTANCE = new Uptime(Path.of("/proc/uptime"));

    private final Path file;
    private long nanos;
    private long readAtNanos = System.nanoTime();

    Uptime(Path file) {
        this.file = file;
    }

    synchronized long nanos() {
        var nowNanos = System.nanoTime();
        try {
            var seconds = Files.readString(file).split(" ", 2)[0].strip();
            nanos = Math.round(Double.parseDouble(seconds) * TimeUnit.SECONDS.toNanos(1));
        } catch (IOException | NumberFormatException notTold) {
            nanos += nowNanos - readAtNanos;
        }
        readAtNanos = nowNanos;
        return nanos;
    }
}
