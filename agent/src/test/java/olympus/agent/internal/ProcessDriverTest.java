package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import olympus.agent.Eventually;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessDriverTest {

    private static final InstanceId ID = InstanceId.parse("first/web.1");

    @TempDir Path folder;

    @Test
    void leavesAHealthyProcessAloneThatItCannotWatchForNow()
            throws IOException, InterruptedException, ExecutionException {
        var outOfDescriptors = new AtomicBoolean(true);
        var failures = new CopyOnWriteArrayList<Throwable>();
        var events = new CopyOnWriteArrayList<MachineInput>();
        var bootId = ProcFs.bootId();
        var folders = new InstanceFolders(folder, new NodeId(UUID.randomUUID()));
        var process = new ProcessBuilder("sleep", "600").start();
        var run = folders.run(ID, 1);
        run.create("token", folders.marker(ID, 1), bootId);
        Files.writeString(
                run.path().resolve("child"),
                "%d %d\n"
                        .formatted(
                                process.pid(),
                                ProcFs.stat(process.pid()).orElseThrow().startTicks()));
        try (var loop = new ThreadEventLoop("test", (name, failure) -> failures.add(failure));
                var blocking = new BlockingWork(failures::add);
                var watcher =
                        new PidWatcher(
                                pid ->
                                        outOfDescriptors.get()
                                                ? -Posix.EMFILE
                                                : Posix.pidfdOpen(pid),
                                failures::add)) {
            var driver =
                    new ProcessDriver(
                            folders,
                            bootId,
                            loop,
                            blocking,
                            watcher,
                            new Accounts(Posix.effectiveUser()),
                            new Limits("test", List.of(), List.of()),
                            new Strays(bootId),
                            new Guardians(folders, bootId, new HeldLeases(Clock.system())),
                            (id, event) -> events.add(event));
            var found = new CompletableFuture<ProcessDriver.Found>();
            loop.execute(() -> found.complete(driver.adopt(ID).orElseThrow()));

            assertThat(found.get().pid()).contains(process.pid());
            assertThat(driver.problems())
                    .singleElement()
                    .asString()
                    .contains("first/web.1 cannot be watched", "EMFILE");
            assertThat(process.isAlive()).isTrue();

            outOfDescriptors.set(false);
            Eventually.check(() -> assertThat(driver.problems()).isEmpty());
            assertThat(process.isAlive()).isTrue();
            assertThat(events).noneMatch(MachineInput.Ended.class::isInstance);
            process.destroyForcibly();
            Eventually.check(
                    () -> assertThat(events).anyMatch(MachineInput.Ended.class::isInstance));
            assertThat(failures).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }
}
