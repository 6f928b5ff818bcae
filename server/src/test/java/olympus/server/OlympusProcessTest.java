package olympus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import olympus.foundation.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OlympusProcessTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final OlympusProcess process =
            new OlympusProcess(
                    Map.of(),
                    new UpOptions.Terminal(
                            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                            new PrintStream(err, true, UTF_8),
                            Clock.system(),
                            0));

    @Test
    void endsWithAMessageWhenItsPartsDoNotEndInTime() {
        // Nothing runs, so nothing ever says that it has stopped.
        assertThat(process.endWithin(Duration.ofMillis(20))).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .contains("told to end, but not done within PT0.02S")
                .contains("ending at once");
    }

    @Test
    void isDoneBeforeTheServiceManagerEndsIt() throws IOException {
        var unit = Files.readString(Path.of("../packaging/systemd/olympus.service"));
        assertThat(unit).contains("TimeoutStopSec=1min\n");
        assertThat(OlympusProcess.ENDS_WITHIN).isLessThan(Duration.ofMinutes(1));
    }
}
