package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.link.keys.SecretVault;
import olympus.model.StackName;
import olympus.model.stack.StackFolder;
import olympus.server.deadline.Deadline;
import olympus.server.problems.Problems;
import olympus.server.secrets.SecretStore;
import olympus.zeus.StackCommands.Actor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over the real controller and a store in memory. */
class SecretSweepTest {

    private static final Actor ACTOR = new Actor("user:test", "");
    private static final Deadline DEADLINE = NodelessController.DEADLINE;

    private final ConcurrentLinkedQueue<Throwable> bugs = new ConcurrentLinkedQueue<>();

    @Test
    @Timeout(60)
    void theSecretsOfARemovedStackGoWithIt(@TempDir Path folder) throws Exception {
        var clock = Clock.system();
        try (var loop = new ThreadEventLoop("store", (_, cause) -> bugs.add(cause))) {
            var hermes = HermesNode.inMemory(loop, clock);
            DEADLINE.await(hermes.ready(), "opening the store");
            var vault = SecretVault.openOrCreate(folder.resolve("key"), new SecureRandom());
            var secrets = new SecretStore(hermes, vault, clock, DEADLINE);
            var problems = new Problems();
            try (var projection = secrets.follow(() -> {}, problems);
                    var controller = NodelessController.start(hermes, clock, bugs::add)) {
                DEADLINE.await(projection.listed(), "listing");
                controller.onChange(
                        new SecretSweep(secrets, controller.commands(), DEADLINE)::seen);
                NodelessController.awaitReady(controller);
                var loaded = (StackFolder.Outcome.Loaded) StackFolder.load(stack(folder), Map.of());
                var name = new StackName("vault");
                secrets.applying(
                        loaded.secrets().with(loaded.definition()),
                        definition ->
                                DEADLINE.await(
                                        controller
                                                .commands()
                                                .apply(definition, Optional.empty(), false, ACTOR),
                                        "applying"),
                        () -> DEADLINE.await(controller.commands().history(name), "history"));
                assertThat(stored(hermes)).isEqualTo(1);

                DEADLINE.await(
                        controller.commands().remove(name, Optional.empty(), ACTOR), "removing");

                NodelessController.eventually(() -> stored(hermes) == 0);
            }
        }
        assertThat(bugs).isEmpty();
    }

    private static Path stack(Path folder) throws Exception {
        var stack = Files.createDirectories(folder.resolve("vault"));
        Files.writeString(stack.resolve("password"), "correct horse battery staple");
        Files.writeString(
                stack.resolve("olympus.yaml"),
                """
                secrets: { password: { file: ./password } }
                services:
                  keeper:
                    process:
                      command: [sleep, "600"]
                      environment: { PASSWORD: { secret: password } }
                """);
        return stack;
    }

    private static int stored(HermesNode hermes) {
        var listing = hermes.list(SecretStore.PREFIX, Optional.empty(), 10);
        return DEADLINE.await(listing, "listing the secrets").entries().size();
    }
}
