package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import olympus.server.config.ServerConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ServerLogTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void theTerminalSeesCausesWithoutTracesAndNothingTwiceTheFileSeesAll() throws Exception {
        var terminal = new ByteArrayOutputStream();
        var before = System.err;
        System.setErr(new PrintStream(terminal, true, StandardCharsets.UTF_8));
        try (var log =
                ServerLog.start(folder, new ServerConfiguration.Logging("INFO", 1 << 20, 2))) {
            assertThat(log).isNotNull();
            var cause = new IllegalStateException("outer", new java.io.IOException("port taken"));
            var logger = LoggerFactory.getLogger("olympus.server.test");
            logger.atError().setCause(cause).log("went wrong");
            logger.atError().addMarker(ServerLog.TOLD).log("said in other words");
        } finally {
            System.setErr(before);
        }

        assertThat(terminal.toString(StandardCharsets.UTF_8))
                .contains("went wrong", "port taken")
                .doesNotContain("\tat ", "said in other words");
        assertThat(Files.readString(folder.resolve("olympus.log")))
                .contains("went wrong", "\tat ", "said in other words");
    }
}
