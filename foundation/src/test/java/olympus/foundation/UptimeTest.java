package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UptimeTest {

    @TempDir Path folder;

    @Test
    void isWhatTheKernelTellsNotWhatThisProcessMeasures() throws IOException {
        var file = Files.writeString(folder.resolve("uptime"), "100.25 7.00\n");
        var uptime = new Uptime(file);
        assertThat(uptime.nanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100_250));
        Files.writeString(file, "90000.00 7.00\n");
        assertThat(uptime.nanos()).isEqualTo(TimeUnit.SECONDS.toNanos(90_000));
    }

    @Test
    void losesNoNanosecondToBinaryFractions() throws IOException {
        var file = folder.resolve("uptime");
        var uptime = new Uptime(file);
        for (var hundredths = 0; hundredths < 100; hundredths++) {
            Files.writeString(file, "69950.%02d 7.00\n".formatted(hundredths));
            assertThat(uptime.nanos()).isEqualTo(69_950_000_000_000L + hundredths * 10_000_000L);
        }
    }

    @Test
    void goesOnByMonotonicTimeWhileItCannotBeRead() throws IOException {
        var file = Files.writeString(folder.resolve("uptime"), "100.25 7.00\n");
        var uptime = new Uptime(file);
        var read = uptime.nanos();
        Files.delete(file);
        var first = uptime.nanos();
        assertThat(first).isBetween(read, read + TimeUnit.MINUTES.toNanos(1));
        assertThat(uptime.nanos()).isGreaterThanOrEqualTo(first);
    }

    @Test
    void theSystemsClockAgreesWithTheKernel() throws IOException {
        var kernel = new BigDecimal(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
        var before = kernel.movePointRight(9).longValueExact();
        assertThat(Clock.system().uptimeNanos())
                .isBetween(before, before + TimeUnit.MINUTES.toNanos(1));
    }
}
