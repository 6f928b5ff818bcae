package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PidWatcherTest {

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final String bootId = ProcFs.bootId();
    private Process process;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void doesNotTakeAProcessForEndedThatItHasNoDescriptorFor() {
        try (var watcher = new PidWatcher(pid -> -Posix.EMFILE, failure::set)) {
            assertThat(watcher.watch(identity(), bootId, () -> {}))
                    .isEqualTo(
                            new PidWatcher.Attempt.Refused(
                                    "pidfd_open failed with EMFILE (too many open files)"));
        }
    }

    @Test
    void knowsWithoutADescriptorThatAProcessIsGone() {
        var another = new ProcessIdentity(bootId, process.pid(), 1);
        try (var watcher = new PidWatcher(pid -> -Posix.EMFILE, failure::set)) {
            assertThat(watcher.watch(another, bootId, () -> {}))
                    .isEqualTo(new PidWatcher.Attempt.Gone());
        }
    }

    @Test
    void letsGoOfEveryDescriptorOnceWhenItIsClosed() {
        var watcher = new PidWatcher(failure::set);
        var held = watcher.watch(identity(), bootId, () -> {});
        watcher.close();

        assertThat(held).isInstanceOf(PidWatcher.Attempt.Held.class);
        var watch = ((PidWatcher.Attempt.Held) held).watch();
        // Its descriptor may be another file's by now: nothing may reach it any more.
        assertThat(watch.signal(0)).isEqualTo(-Posix.ESRCH);
        watch.cancel();
        assertThat(watcher.watch(identity(), bootId, () -> {}))
                .isInstanceOf(PidWatcher.Attempt.Refused.class);
        assertThat(watcher.watchFile("/proc/self/stat", () -> {})).isFalse();
        assertThat(failure).hasNullValue();
    }

    private ProcessIdentity identity() {
        return new ProcessIdentity(
                bootId, process.pid(), ProcFs.stat(process.pid()).orElseThrow().startTicks());
    }
}
