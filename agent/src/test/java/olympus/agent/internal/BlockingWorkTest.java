package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BlockingWorkTest {

    @Test
    void tellsWhatEscapesATask() throws Exception {
        var told = new CompletableFuture<Throwable>();
        try (var work = new BlockingWork(told::complete)) {
            work.execute(() -> Long.parseLong("nonsense"));
            assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(NumberFormatException.class);
        }
    }
}
