package olympus.hermes.log.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLogContract;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;

/** The contract, kept by the fake. */
final class InMemoryLogTest extends ReplicatedLogContract {

    private final SimulatedDisk disk = new SimulatedDisk();
    private final ConcurrentLinkedQueue<Throwable> escaped = new ConcurrentLinkedQueue<>();
    private final ThreadEventLoop engine =
            new ThreadEventLoop("engine", (name, cause) -> escaped.add(cause));

    @Override
    protected ReplicatedLog create() {
        try {
            return new InMemoryLog(
                    disk, engine, Files.createDirectories(folder), () -> Duration.ofMillis(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void endEngine() {
        engine.close();
        Assertions.assertThat(escaped).isEmpty();
    }
}
