package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.cli.discover.Inventory.Storage;
import olympus.cli.discover.Inventory.StorageKind;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerDetails.Health.Check;
import olympus.engine.ContainerSummary;
import olympus.engine.EngineException;
import olympus.engine.MountPoint;
import olympus.engine.Volumes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContainerSourceTest {

    private static final Instant START = Instant.parse("2026-11-20T09:00:00Z");

    @TempDir Path root;

    /** An engine that answers from lists. */
    private static final class Answering implements ContainerSource.Engine {

        private final Map<String, ContainerDetails> details = new LinkedHashMap<>();
        private final List<Volumes.Seen> volumes = new ArrayList<>();
        private boolean closed;

        Answering with(ContainerDetails container) {
            details.put(container.id(), container);
            return this;
        }

        @Override
        public String address() {
            return "unix:///run/engine.sock";
        }

        @Override
        public List<ContainerSummary> containers() {
            return details.keySet().stream()
                    .map(id ->
                            new ContainerSummary(
                                    id, id, "", "", "", "", START, Map.of(), List.of(), List.of(),
                                    List.of()))
                    .toList();
        }

        @Override
        public ContainerDetails inspect(String id) {
            var found = details.get(id);
            if (found == null || found.name().equals("gone")) {
                throw new EngineException(
                        EngineException.Kind.NO_SUCH_CONTAINER, "no container " + id);
            }
            return found;
        }

        @Override
        public List<Volumes.Seen> volumes() {
            return volumes;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static ContainerDetails container(
            String name, Optional<ContainerDetails.Health> health, MountPoint... mounts) {
        return new ContainerDetails(
                name + "-id",
                name,
                "shop/web:1",
                "sha256:1",
                new ContainerDetails.State(
                        "running",
                        true,
                        false,
                        false,
                        false,
                        7,
                        0,
                        "",
                        START.minusSeconds(86_400),
                        Instant.EPOCH,
                        health),
                "always",
                0,
                4,
                false,
                false,
                "json-file",
                "shop_default",
                Map.of(
                        "com.docker.compose.project", "shop",
                        "com.docker.compose.service", name,
                        "com.docker.compose.project.working_dir", "/srv/shop",
                        "com.docker.compose.project.config_files",
                                "/srv/shop/compose.yaml,/srv/shop/extra.yaml"),
                List.of(mounts),
                Map.of(),
                List.of(
                        new ContainerSummary.PublishedPort("", 8080, 80, "tcp"),
                        new ContainerSummary.PublishedPort("", 0, 443, "tcp")));
    }

    private Source.Sight look(ContainerSource.Engine... engines) {
        return new ContainerSource(root, () -> List.of(engines), "there is no engine").look();
    }

    private static ContainerDetails.Health unhealthy(int failures, int... exitCodes) {
        var log = new ArrayList<Check>();
        for (var i = 0; i < exitCodes.length; i++) {
            var at = START.plus(Duration.ofSeconds(30L * i));
            log.add(new Check(at, at.plusSeconds(1), exitCodes[i]));
        }
        return new ContainerDetails.Health(
                ContainerDetails.Health.Status.UNHEALTHY, failures, "refused\nmore", log);
    }

    private static Inventory.Health seen(ContainerDetails.Health health) {
        return ContainerSeen.of(container("web", Optional.of(health))).health().orElseThrow();
    }

    @Test
    void tellsSinceWhenACheckFailsFromTheEnginesLog() {
        assertThat(seen(unhealthy(3, 0, 0, 1, 1, 1)))
                .isEqualTo(
                        new Inventory.Health(
                                "unhealthy", Optional.of(START.plusSeconds(61)), true, "refused"));
    }

    @Test
    void reckonsBackwardsWhatTheEngineNoLongerKeeps() {
        assertThat(seen(unhealthy(125, 1, 1, 1, 1, 1)))
                .isEqualTo(
                        new Inventory.Health(
                                "unhealthy",
                                Optional.of(START.plusSeconds(1).minusSeconds(30 * 120)),
                                false,
                                "refused"));
        assertThat(seen(unhealthy(2)).unhealthySince()).isEmpty();
    }

    @Test
    void readsProjectPortsAndRestarts() {
        var engine = new Answering().with(container("web", Optional.empty()));

        var seen = (Source.Sight.Seen) look(engine);

        var web = seen.part().containers().getFirst();
        assertThat(web.compose())
                .contains(
                        new Inventory.Compose(
                                "shop",
                                "web",
                                "/srv/shop",
                                List.of("/srv/shop/compose.yaml", "/srv/shop/extra.yaml")));
        assertThat(web.ports())
                .containsExactly(new Inventory.PublishedPort("0.0.0.0", 8080, "tcp", 80));
        assertThat(web.restarts()).isEqualTo(4);
        assertThat(web.exitCode()).isEmpty();
        assertThat(web.finished()).isEmpty();
        assertThat(engine.closed).isTrue();
    }

    @Test
    void countsVolumesAndWritableFoldersAsData() throws Exception {
        Files.createDirectories(root.resolve("srv/shop/pictures"));
        Files.writeString(root.resolve("srv/shop/settings.ini"), "x");
        var anonymous = "a".repeat(64);
        var engine =
                new Answering()
                        .with(
                                container(
                                        "web",
                                        Optional.empty(),
                                        new MountPoint(
                                                "volume", "shop_db", "/v/shop_db", "/db", false),
                                        new MountPoint(
                                                "bind", "", "/srv/shop/pictures", "/p", false),
                                        new MountPoint(
                                                "bind", "", "/srv/shop/settings.ini", "/s", false),
                                        new MountPoint("bind", "", "/srv/shop/static", "/r", true),
                                        new MountPoint(
                                                "bind", "", "/var/run/docker.sock", "/d", false),
                                        new MountPoint("tmpfs", "", "", "/t", false)))
                        .with(
                                container(
                                        "worker",
                                        Optional.empty(),
                                        new MountPoint(
                                                "volume", "shop_db", "/v/shop_db", "/db", false)));
        engine.volumes.add(new Volumes.Seen("shop_db", "local", "/v/shop_db", Map.of()));
        engine.volumes.add(new Volumes.Seen("old_db", "local", "/v/old_db", Map.of()));
        engine.volumes.add(new Volumes.Seen(anonymous, "local", "/v/" + anonymous, Map.of()));

        assertThat(((Source.Sight.Seen) look(engine)).part().storage())
                .containsExactly(
                        new Storage(
                                StorageKind.BIND,
                                "/srv/shop/pictures",
                                "/srv/shop/pictures",
                                List.of("web")),
                        new Storage(StorageKind.VOLUME, "old_db", "/v/old_db", List.of()),
                        new Storage(
                                StorageKind.VOLUME,
                                "shop_db",
                                "/v/shop_db",
                                List.of("web", "worker")));
    }

    @Test
    void leavesOutAContainerThatIsGoneInBetween() {
        var engine =
                new Answering()
                        .with(container("gone", Optional.empty()))
                        .with(container("web", Optional.empty()));

        assertThat(((Source.Sight.Seen) look(engine)).part().containers()).hasSize(1);
    }

    @Test
    void saysWhenThereIsNoEngineAndFailsWhenNoneAnswers() {
        assertThat(look()).isEqualTo(new Source.Sight.Absent("there is no engine"));

        var refusing = new Refusing();
        assertThatThrownBy(() -> look(refusing)).hasMessage("this user may not use it");
        var seen =
                (Source.Sight.Seen)
                        look(refusing, new Answering().with(container("web", Optional.empty())));
        assertThat(seen.part().containers()).hasSize(1);
        assertThat(seen.unseen())
                .containsExactly("unix:///run/other.sock: this user may not use it");
    }

    /** An engine whose socket this user may not open. */
    private static final class Refusing implements ContainerSource.Engine {

        private static EngineException refusal() {
            return new EngineException(EngineException.Kind.FORBIDDEN, "this user may not use it");
        }

        @Override
        public String address() {
            return "unix:///run/other.sock";
        }

        @Override
        public List<ContainerSummary> containers() {
            throw refusal();
        }

        @Override
        public ContainerDetails inspect(String id) {
            throw refusal();
        }

        @Override
        public List<Volumes.Seen> volumes() {
            throw refusal();
        }

        @Override
        public void close() {}
    }
}
