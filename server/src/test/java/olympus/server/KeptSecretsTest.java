package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.hermes.log.LogConfig;
import olympus.link.keys.Installation;
import olympus.link.keys.SecretVault;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.SecretRefs;
import olympus.model.stack.StackFolder;
import olympus.server.deadline.Deadline;
import olympus.server.problems.Problems;
import olympus.server.secrets.KeptSecrets;
import olympus.server.secrets.SecretStore;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackCommands.RevisionView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over the real controller and a store on disk. */
class KeptSecretsTest {

    private static final Actor ACTOR = new Actor("user:test", "");
    private static final Deadline DEADLINE = NodelessController.DEADLINE;
    private static final StackName VAULT = new StackName("vault");
    private static final String FIRST = "correct horse battery staple";
    private static final String SECOND = "incorrect donkey charger clip";

    private final ConcurrentLinkedQueue<Throwable> bugs = new ConcurrentLinkedQueue<>();

    @Test
    @Timeout(60)
    void aSecretIsSetUsedRotatedAndOutlivesItsStackAndStandsNowhereInClear(@TempDir Path folder)
            throws Exception {
        var clock = Clock.system();
        var self = Installation.openOrCreate(folder, "mars", new SecureRandom());
        var files = folder.resolve("hermes");
        var alone = LogConfig.alone(files, self.island());
        try (var store = OpenStore.open(files, self, () -> alone, clock)) {
            assertThat(store.awaitReady(DEADLINE)).isEmpty();
            var key = SecretVault.openOrCreate(folder.resolve("key"), new SecureRandom());
            var secrets = new SecretStore(store.hermes(), key, clock, DEADLINE);
            try (var projection = secrets.follow(() -> {}, new Problems());
                    var controller = NodelessController.start(store.hermes(), clock, bugs::add)) {
                DEADLINE.await(projection.listed(), "listing");
                NodelessController.awaitReady(controller);
                var island = new Island(store.hermes(), secrets, controller);
                island.setUsedAndRotated(stack(folder));
                island.outlivesItsStack();
            }
        }
        nowhere(files, FIRST);
        nowhere(files, SECOND);
        assertThat(bugs).isEmpty();
    }

    private record Island(Hermes hermes, SecretStore secrets, RunningController controller) {

        void setUsedAndRotated(Path folder) {
            var first = secrets.kept().set(value(FIRST), this::history).secret();
            secrets.sweep(_ -> history());
            assertThat(sealed()).as("its stack is still to come").isEqualTo(1);

            var loaded = (StackFolder.Outcome.Loaded) StackFolder.load(folder, Map.of());
            assertThat(loaded.secrets().texts()).isEmpty();
            secrets.applying(
                    loaded.secrets().with(loaded.definition()),
                    definition ->
                            DEADLINE.await(
                                    controller
                                            .commands()
                                            .apply(definition, Optional.empty(), false, ACTOR),
                                    "applying"),
                    this::history);
            assertThat(applied()).containsExactly(first.ref());

            var rotated =
                    secrets.kept()
                            .rotate(
                                    value(SECOND),
                                    this::history,
                                    (definition, revision) ->
                                            DEADLINE.await(
                                                    controller
                                                            .commands()
                                                            .apply(
                                                                    definition,
                                                                    Optional.of(revision),
                                                                    false,
                                                                    ACTOR),
                                                    "applying again"));
            assertThat(rotated.updating()).containsExactly("keeper");
            assertThat(applied()).containsExactly(rotated.secret().ref());
            assertThat(sealed()).as("the revision before can be returned to").isEqualTo(2);
        }

        void outlivesItsStack() {
            assertThatThrownBy(() -> secrets.kept().remove(VAULT, "password", this::history))
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining("keeper uses it");
            DEADLINE.await(
                    controller.commands().remove(VAULT, Optional.empty(), ACTOR), "removing");
            NodelessController.eventually(() -> {
                secrets.sweep(_ -> history());
                return sealed() == 1;
            });
            assertThat(secrets.kept().all(Optional.empty())).hasSize(1);
            secrets.kept().remove(VAULT, "password", this::history);
            assertThat(sealed()).isZero();
        }

        private List<SecretRef> applied() {
            var current = history().stream().filter(RevisionView::current).findFirst();
            return List.copyOf(SecretRefs.in(current.orElseThrow().definition()));
        }

        private List<RevisionView> history() {
            try {
                return DEADLINE.await(controller.commands().history(VAULT), "history");
            } catch (OlympusException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                return List.of();
            }
        }

        private int sealed() {
            var listing = hermes.list(SecretStore.PREFIX, Optional.empty(), 10);
            return DEADLINE.await(listing, "listing").entries().size();
        }
    }

    private static KeptSecrets.NewValue value(String text) {
        return new KeptSecrets.NewValue(VAULT, "password", text, "test");
    }

    private static Path stack(Path folder) throws Exception {
        var stack = Files.createDirectories(folder.resolve("vault"));
        Files.writeString(
                stack.resolve("olympus.yaml"),
                """
                secrets: { password: { external: true } }
                services:
                  keeper:
                    process:
                      command: [sleep, "600"]
                      environment: { PASSWORD: { secret: password } }
                """);
        return stack;
    }

    private static void nowhere(Path store, String clear) throws Exception {
        try (var walk = Files.walk(store)) {
            var files = walk.filter(Files::isRegularFile).toList();
            assertThat(files).isNotEmpty();
            for (var file : files) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(clear);
            }
        }
    }
}
