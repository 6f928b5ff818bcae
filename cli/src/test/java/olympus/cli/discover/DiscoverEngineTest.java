package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import olympus.cli.discover.Inventory.Container;
import olympus.engine.OwnDocker;
import olympus.engine.TestEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of a real Docker engine, each with a trouble of its own, and one in good order. */
final class DiscoverEngineTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir Path root;

    private static void run(OwnDocker docker, String name, String options, String... command) {
        var words =
                new java.util.ArrayList<>(
                        List.of("run", "-d", "--name", name, "--network", "none"));
        words.addAll(List.of(options.split(" ")));
        words.addAll(List.of(command));
        docker.command(words.toArray(String[]::new));
    }

    private Discovery look(OwnDocker docker) throws InterruptedException {
        var environment = Map.of("DOCKER_HOST", docker.address().toString());
        var sources =
                List.of(
                        ContainerSource.ofTheMachine(root, environment),
                        (Source) new BackupSource(root));
        return Discovery.of(Survey.of(sources, DEADLINE), Instant.now());
    }

    /** Looks until every one of these holds of some container. */
    private Discovery await(OwnDocker docker, List<Predicate<Container>> wanted)
            throws InterruptedException {
        var until = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            var seen = look(docker);
            var all = wanted.stream().allMatch(one -> seen.containers().stream().anyMatch(one));
            if (all) {
                return seen;
            }
            assertThat(System.nanoTime()).as(seen.toString()).isLessThan(until);
            LockSupport.parkNanos(100_000_000);
        }
    }

    private static void plant(OwnDocker docker) {
        docker.command("tag", TestEngine.IMAGE, "busybox:latest");
        var stays = "--restart unless-stopped ";
        run(
                docker,
                "fine",
                stays
                        + "--label com.docker.compose.project=shop --label com.docker.compose.service=web --label com.docker.compose.project.working_dir=/srv/shop -v shop_db:/data "
                        + TestEngine.IMAGE,
                "sleep",
                "600");
        run(docker, "job", TestEngine.IMAGE, "true");
        run(
                docker,
                "sick",
                stays + "--health-interval 1s --health-retries 2",
                "--health-cmd",
                "echo no answer from db; false",
                TestEngine.IMAGE,
                "sleep",
                "600");
        run(docker, "loop", "--restart always " + TestEngine.IMAGE, "sh", "-c", "exit 3");
        run(docker, "forgotten", "busybox:latest", "sleep", "600");
        run(docker, "lost", TestEngine.IMAGE, "false");
        run(docker, "halted", stays + TestEngine.IMAGE, "sleep", "600");
        docker.command("stop", "-t", "0", "halted");
    }

    private static boolean ended(Container container, String name) {
        return container.name().equals(name) && container.state().equals("exited");
    }

    @Test
    void findsEachTroubleOfARealEngineAndNothingElse() throws Exception {
        try (var docker = new OwnDocker()) {
            plant(docker);

            var seen =
                    await(
                            docker,
                            List.of(
                                    one ->
                                            one.health()
                                                    .filter(h -> h.status().equals("unhealthy"))
                                                    .isPresent(),
                                    one -> one.name().equals("loop") && one.restarts() > 2,
                                    one -> ended(one, "lost"),
                                    one -> ended(one, "job"),
                                    one -> ended(one, "halted")));

            assertThat(seen.findings())
                    .extracting(Finding::kind, Finding::subjects)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.CONTAINER_UNHEALTHY, List.of("sick")),
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.CONTAINER_CRASH_LOOP, List.of("loop")),
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.CONTAINER_DOWN, List.of("lost")),
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.CONTAINER_DOWN, List.of("halted")),
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.BACKUP_MISSING, List.of("shop_db")),
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.NO_RESTART_AT_BOOT, List.of("forgotten")),
                            org.assertj.core.groups.Tuple.tuple(
                                    Finding.Kind.IMAGE_LATEST, List.of("forgotten")));
            assertThat(seen.findings().getFirst().what()).contains("no answer from db");
            assertThat(seen.findings().getFirst().since())
                    .hasValueSatisfying(since ->
                            assertThat(since)
                                    .isBetween(
                                            seen.at().minus(DEADLINE.multipliedBy(2)), seen.at()));
            assertThat(seen.projects())
                    .containsExactly(
                            new Discovery.Project("shop", "/srv/shop", List.of(), List.of("web")));
        }
    }

    @Test
    void leavesAnEngineThatDoesNotAnswer() throws Exception {
        try (var docker = new OwnDocker()) {
            docker.halt(true);
            try {
                var environment = Map.of("DOCKER_HOST", docker.address().toString());
                var sources = List.of((Source) ContainerSource.ofTheMachine(root, environment));

                var seen = Survey.of(sources, Duration.ofSeconds(1));

                assertThat(seen.sources().getFirst().outcome()).isEqualTo(Survey.Outcome.TIMED_OUT);
            } finally {
                docker.halt(false);
            }
        }
    }
}
