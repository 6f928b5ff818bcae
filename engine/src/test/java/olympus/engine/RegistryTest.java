package olympus.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.engine.EngineException.Kind;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Image.PullPolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images of a real registry, with and without a password, for Docker and for Podman. */
class RegistryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<TestEngine> ENGINES = new ArrayList<>();

    private static OwnDocker docker;
    private static OwnRegistry open;
    private static OwnRegistry locked;

    @BeforeAll
    static void start() {
        open = new OwnRegistry(false);
        locked = new OwnRegistry(true);
        docker = new OwnDocker();
        var podman = new OwnPodman();
        podman.trust(open.host());
        podman.trust(locked.host());
        ENGINES.addAll(List.of(docker, podman));
    }

    @AfterAll
    static void stop() {
        ENGINES.forEach(TestEngine::close);
        ENGINES.clear();
        open.close();
        locked.close();
    }

    @AfterEach
    void logout() {
        ENGINES.forEach(TestEngine::logout);
    }

    static Stream<TestEngine> engines() {
        return ENGINES.stream();
    }

    private static Image image(String reference, PullPolicy policy) {
        return new Image(reference, policy, Optional.empty(), Optional.empty());
    }

    private static Images.Seen ensure(ContainerEngine engine, String reference, PullPolicy policy) {
        return engine.images().ensure(image(reference, policy), NOW, _ -> {});
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void pullsWithWhatDockerLoginLeft(TestEngine own) {
        var digest = locked.push(docker, "team/private:1.0", "private");
        own.remember(locked.host(), OwnRegistry.USER, OwnRegistry.PASSWORD);
        try (var engine = own.connect()) {
            var reference = locked.image("team/private:1.0");

            var pulled = ensure(engine, reference, PullPolicy.MISSING);

            assertThat(pulled.digests()).contains(locked.image("team/private") + "@" + digest);
            assertThat(engine.registries().digest(reference)).contains(digest);
            assertThat(engine.registries().tags(reference)).containsExactly("1.0");
            own.command("rmi", reference);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void saysWhatToDoWhenTheRegistryRefuses(TestEngine own) {
        locked.push(docker, "team/secret:1.0", "secret");
        var reference = locked.image("team/secret:1.0");
        try (var engine = own.connect()) {
            own.logout();
            var missing =
                    "there are no credentials for it in %s/.docker/config.json; `docker login %s` on this node puts them there"
                            .formatted(own.folder(), locked.host());
            assertThatThrownBy(() -> ensure(engine, reference, PullPolicy.MISSING))
                    .hasMessageContaining("cannot pull image " + reference)
                    .hasMessageContaining("registry %s does not allow it".formatted(locked.host()))
                    .hasMessageContaining(missing);
            assertThatThrownBy(() -> engine.registries().tags(reference))
                    .hasMessageContaining(missing);

            own.remember(locked.host(), OwnRegistry.USER, "wrong");
            var refused = "config.json are refused; `docker login %s`".formatted(locked.host());
            assertThatThrownBy(() -> ensure(engine, reference, PullPolicy.MISSING))
                    .hasMessageContaining(refused);
            assertThatThrownBy(() -> engine.registries().digest(reference))
                    .hasMessageContaining(refused)
                    .hasMessageNotContaining("wrong");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void followsATagThatMovedOnlyWhereItIsTold(TestEngine own) {
        var first = open.push(docker, "web:2.0", "first");
        var reference = open.image("web:2.0");
        try (var engine = own.connect()) {
            assertThatThrownBy(() -> ensure(engine, reference, PullPolicy.NEVER))
                    .hasMessageContaining("pull_policy: never");
            var before = ensure(engine, reference, PullPolicy.MISSING);
            var second = open.push(docker, "web:2.0", "second");
            assertThat(second).isNotEqualTo(first);

            assertThat(ensure(engine, reference, PullPolicy.MISSING).id()).isEqualTo(before.id());
            assertThat(ensure(engine, reference, PullPolicy.NEVER).id()).isEqualTo(before.id());
            var pinned = reference + "@" + first;
            assertThat(ensure(engine, pinned, PullPolicy.ALWAYS).id()).isEqualTo(before.id());
            assertThat(engine.registries().digest(reference)).contains(second);
            var moved = ensure(engine, reference, PullPolicy.ALWAYS);
            assertThat(moved.id()).isNotEqualTo(before.id());
            assertThat(moved.digests()).contains(open.image("web") + "@" + second);
            own.command("rmi", "--force", moved.id(), before.id());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void pullsWhatIsPinnedByTagAndDigest(TestEngine own) {
        var first = open.push(docker, "pinned:1.0", "one");
        open.push(docker, "pinned:1.0", "two");
        var reference = open.image("pinned:1.0@" + first);
        try (var engine = own.connect()) {
            var pulled = ensure(engine, reference, PullPolicy.MISSING);

            assertThat(pulled.digests()).contains(open.image("pinned") + "@" + first);
            assertThat(engine.images().find(reference).map(Images.Seen::id)).contains(pulled.id());
            own.command("rmi", "--force", pulled.id());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void tellsARegistryThatIsAwayFromOneThatHasNoSuchImage(TestEngine own) {
        try (var engine = own.connect();
                var registry = new OwnRegistry(false)) {
            own.trust(registry.host());
            var reference = registry.image("known:9.9");
            isRefused(engine, reference, Kind.NO_SUCH_IMAGE, "cannot pull image " + reference);
            registry.away();
            isRefused(
                    engine,
                    reference,
                    Kind.REGISTRY_AWAY,
                    "registry %s is away: cannot pull image".formatted(registry.host()));
        }
    }

    private static void isRefused(
            ContainerEngine engine, String reference, Kind kind, String message) {
        assertThatThrownBy(() -> ensure(engine, reference, PullPolicy.MISSING))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    @Test
    void saysWhatARegistryHasNot() {
        open.push(docker, "known:1.0", "known");
        try (var engine = docker.connect()) {
            var registries = engine.registries();
            assertThat(registries.digest(open.image("known:9.9"))).isEmpty();
            assertThatThrownBy(() -> registries.tags(open.image("unknown:1.0")))
                    .hasMessage("registry %s has no image unknown".formatted(open.host()));
            assertThatThrownBy(() -> registries.tags("127.0.0.1:1/x:1"))
                    .hasMessageContaining(
                            "cannot list the tags of 127.0.0.1:1/x: registry 127.0.0.1:1 cannot be reached")
                    .hasMessageNotContaining("Exception");
            assertThatThrownBy(() -> registries.tags("registry.invalid/x:1"))
                    .hasMessage(
                            "cannot list the tags of registry.invalid/x: registry registry.invalid cannot be reached: its name is not found (is there a network?)");
        }
    }
}
