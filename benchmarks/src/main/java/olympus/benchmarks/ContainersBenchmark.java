package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import olympus.engine.OwnDocker;
import olympus.engine.TestEngine;

/**
 * Containers of a Docker engine of its own: how long one is away that was killed or is unhealthy,
 * how long a hundred take to be there, and what they cost while nothing happens. The engine's own
 * restart policy, a loop such as people use for unhealthy containers, and docker-compose are
 * measured in the same run, in turns where they can be. Needs root.
 */
final class ContainersBenchmark implements Benchmark {

    private static final int EVENTS = 60;
    private static final int OURS = 30;
    private static final int PEERS = 20;
    private static final int SICK = 12;
    private static final int MANY = 100;
    private static final int LOOKS = 5;
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final Duration WINDOW = Duration.ofSeconds(60);

    /** The engine waits longer before it restarts what ran for less than this. */
    private static final Duration ENGINE_SETTLES = Duration.ofSeconds(11);

    /** What docker-autoheal does, with its default interval of five seconds. */
    private static final String LOOP =
            """
            while :; do
                for id in $(docker ps -q --filter label=heal --filter health=unhealthy); do
                    docker restart -t 10 "$id"
                done
                sleep 5
            done
            """;

    @Override
    public String name() {
        return "containers";
    }

    @Override
    public String question() {
        return "How long is a container away that was killed or is unhealthy, and what do a hundred of them cost?";
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(20);
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var marks = new Marks(Files.createDirectories(bench.folder().resolve("marks")));
        try (var docker = new OwnDocker()) {
            var product = new Product(bench, Map.of("DOCKER_HOST", docker.address().toString()));
            product.up();
            killed(bench, product, docker, marks);
            unhealthy(bench, product, docker, marks);
            many(bench, product, docker);
            product.terminate();
        }
    }

    private static String service(String name, String script, String more) {
        return """
          %s:
            image: %s
            command: ["sh", "-c", "%s"]
            restart: always
            network_mode: none
        %s
        """
                .formatted(name, TestEngine.IMAGE, script.replace("$", "$$"), more);
    }

    private static Path project(Workbench bench, String name, String services, String olympus)
            throws IOException {
        var folder = Files.createDirectories(bench.folder().resolve("stacks").resolve(name));
        Files.writeString(folder.resolve("docker-compose.yml"), "services:\n" + services);
        if (!olympus.isEmpty()) {
            Files.writeString(folder.resolve("olympus.yaml"), olympus);
        }
        return folder;
    }

    // ---- killed

    private static void killed(Workbench bench, Product product, OwnDocker docker, Marks marks)
            throws Exception {
        var mount = "    volumes: [\"%s:/marks\"]".formatted(marks.folder());
        var services = new StringBuilder();
        for (var n = 0; n < OURS; n++) {
            services.append(service("k" + n, marks.script("k" + n), mount));
        }
        var folder = project(bench, "killed", services.toString(), "");
        product.mustSucceed("apply", folder.toString(), "--yes");
        for (var n = 0; n < PEERS; n++) {
            run(docker, marks, "p" + n);
        }
        var _ = new Inventory(product).awaitRunning(OURS, DEADLINE);
        Waiting.letPass(ENGINE_SETTLES);
        var ours = new ArrayList<Double>();
        var engines = new ArrayList<Double>();
        for (var event = 0; event < EVENTS; event++) {
            ours.add(
                    kill(
                            docker,
                            marks,
                            "killed-k%d-1".formatted(event % OURS),
                            "k" + event % OURS));
            engines.add(kill(docker, marks, "p" + event % PEERS, "p" + event % PEERS));
            if (event % PEERS == PEERS - 1) {
                bench.progress("%d of %d rounds".formatted(event + 1, EVENTS));
                Waiting.letPass(ENGINE_SETTLES);
            }
        }
        bench.report(
                Figure.of("killed → running, Olympus", "ms", Spread.of(ours))
                        .against("docker run --restart=always", Spread.of(engines))
                        .wanted(Target.below(Statistic.P99, 2000))
                        .remarked(
                                "each of %d containers is killed twice; the second death within two minutes waits longer by design"
                                        .formatted(OURS)));
        bench.report(
                Figure.of("killed → running, --restart=always", "ms", Spread.of(engines))
                        .remarked(
                                "each ran for more than 10 s before: else the engine waits longer"));
        product.mustSucceed("remove", "killed", "--yes");
        docker.command(words(List.of("rm", "-f"), "p", PEERS));
    }

    private static void run(OwnDocker docker, Marks marks, String name, String... more) {
        var command =
                new ArrayList<>(
                        List.of(
                                "run",
                                "-d",
                                "--name",
                                name,
                                "--restart",
                                "always",
                                "--network",
                                "none",
                                "-v",
                                marks.folder() + ":/marks"));
        command.addAll(List.of(more));
        command.addAll(List.of(TestEngine.IMAGE, "sh", "-c", marks.script(name)));
        docker.command(command.toArray(String[]::new));
    }

    private static String[] words(List<String> first, String prefix, int count) {
        var command = new ArrayList<>(first);
        for (var n = 0; n < count; n++) {
            command.add(prefix + n);
        }
        return command.toArray(String[]::new);
    }

    private static double kill(OwnDocker docker, Marks marks, String container, String mark)
            throws TimeoutException {
        var pid = Long.parseLong(docker.command("inspect", "-f", "{{.State.Pid}}", container));
        var before = marks.last(mark);
        var process = ProcessHandle.of(pid).orElseThrow();
        var at = Instant.now();
        if (!process.destroyForcibly()) {
            throw new IllegalStateException(
                    "cannot kill process %d of %s".formatted(pid, container));
        }
        return Marks.millis(at, marks.awaitAfter(mark, before, DEADLINE));
    }

    // ---- unhealthy

    private static void unhealthy(Workbench bench, Product product, OwnDocker docker, Marks marks)
            throws Exception {
        var services = new StringBuilder();
        for (var n = 0; n < SICK; n++) {
            var check =
                    """
                        volumes: ["%s:/marks"]
                        healthcheck: { test: ["CMD", "test", "!", "-e", "/marks/sick-s%d"], interval: 1s, timeout: 1s, retries: 2 }
                    """
                            .formatted(marks.folder(), n);
            services.append(service("s" + n, marks.script("s" + n), check));
            run(
                    docker,
                    marks,
                    "h" + n,
                    "--label",
                    "heal",
                    "--health-cmd",
                    "test ! -e /marks/sick-h" + n,
                    "--health-interval",
                    "1s",
                    "--health-timeout",
                    "1s",
                    "--health-retries",
                    "2");
        }
        var recovery = new StringBuilder("services:\n");
        for (var n = 0; n < SICK; n++) {
            recovery.append("  s%d: { recovery: { unhealthy: restart } }\n".formatted(n));
        }
        var folder = project(bench, "sick", services.toString(), recovery.toString());
        product.mustSucceed("apply", folder.toString(), "--yes");
        var _ = new Inventory(product).awaitRunning(SICK, DEADLINE);
        var loop = loop(bench, docker);
        Waiting.letPass(Duration.ofSeconds(4));
        var ours = new ArrayList<Double>();
        var loops = new ArrayList<Double>();
        for (var n = 0; n < SICK; n++) {
            ours.add(sicken(marks, "s" + n));
            loops.add(sicken(marks, "h" + n));
        }
        loop.destroyForcibly().waitFor();
        bench.report(
                Figure.of("unhealthy → running again, Olympus", "ms", Spread.of(ours))
                        .against("autoheal-like loop", Spread.of(loops))
                        .wanted(Target.below(Statistic.MAX, 4000))
                        .remarked(
                                "health check every 1 s, 2 retries; from the moment it would fail; wanted is interval × retries + 2 s"));
        bench.report(
                Figure.of("unhealthy → running again, loop", "ms", Spread.of(loops))
                        .remarked(
                                "looks every 5 s, as docker-autoheal does unless told otherwise"));
        product.mustSucceed("remove", "sick", "--yes");
        docker.command(words(List.of("rm", "-f"), "h", SICK));
    }

    private static Process loop(Workbench bench, OwnDocker docker) throws IOException {
        var builder =
                new ProcessBuilder("sh", "-c", LOOP)
                        .directory(bench.folder().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(bench.folder().resolve("loop.log").toFile());
        builder.environment().put("DOCKER_HOST", docker.address().toString());
        return builder.start();
    }

    private static double sicken(Marks marks, String name) throws IOException, TimeoutException {
        var before = marks.last(name);
        var at = Instant.now();
        Files.createFile(marks.sick(name));
        var again = marks.awaitAfter(name, before, DEADLINE);
        Files.delete(marks.sick(name));
        return Marks.millis(at, again);
    }

    // ---- many

    private static void many(Workbench bench, Product product, OwnDocker docker) throws Exception {
        var services = new StringBuilder();
        for (var n = 0; n < MANY; n++) {
            services.append(
                    service(
                            "m" + n,
                            "trap 'exit 0' TERM; while :; do sleep 600 & wait $!; done",
                            ""));
        }
        var folder = project(bench, "many", services.toString(), "");
        var composed = seconds(() -> compose(bench, docker, folder, "up", "-d"));
        compose(bench, docker, folder, "down", "-t", "3");
        Waiting.letPass(Duration.ofSeconds(5));
        var empty = idle(product);

        var began = System.nanoTime();
        product.mustSucceed("apply", folder.toString(), "--yes");
        var _ = new Inventory(product).awaitRunning(MANY, DEADLINE);
        var applied = (System.nanoTime() - began) / 1e9;
        bench.report(
                Figure.of(MANY + " containers applied → all running", "s", applied)
                        .against("docker-compose up -d", Spread.of(List.of(composed)))
                        .remarked(
                                "the same file, before it, by docker-compose: %.1f s"
                                        .formatted(composed)));
        Waiting.letPass(Duration.ofSeconds(30));
        var full = idle(product);
        bench.report(
                Figure.of("idle CPU with %d containers".formatted(MANY), "% of a core", full.cpu())
                        .remarked(
                                "without any: %.2f %%; over %d s"
                                        .formatted(empty.cpu(), WINDOW.toSeconds())));
        bench.report(
                Figure.of(
                                "memory per container",
                                "KiB",
                                (full.rssKib() - empty.rssKib()) / (double) MANY)
                        .remarked(
                                "RSS of Olympus %d MiB with them, %d MiB before"
                                        .formatted(full.rssKib() / 1024, empty.rssKib() / 1024)));
        var looks = new ArrayList<Double>();
        for (var look = 0; look < LOOKS; look++) {
            looks.add(product.mustSucceed("discover", "--json").millis() / 1000);
        }
        bench.report(
                Figure.of(
                                "olympus discover with %d containers".formatted(MANY),
                                "s",
                                Spread.of(looks))
                        .wanted(Target.below(Statistic.MAX, 5)));
        product.mustSucceed("remove", "many", "--yes");
    }

    private record Idle(double cpu, long rssKib) {}

    private static Idle idle(Product product) {
        var before = ProcessUsage.of(product.pid());
        Waiting.letPass(WINDOW);
        var after = ProcessUsage.of(product.pid());
        return new Idle(after.cpuPercentSince(before), after.rssKib());
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private static double seconds(Step step) throws IOException, InterruptedException {
        var began = System.nanoTime();
        step.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private static void compose(Workbench bench, OwnDocker docker, Path folder, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("docker-compose", "--ansi", "never"));
        command.addAll(List.of(arguments));
        var log = bench.folder().resolve("compose.log");
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("DOCKER_HOST", docker.address().toString());
        var process = builder.start();
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("%s failed: %s".formatted(command, Files.readString(log)));
        }
    }
}
