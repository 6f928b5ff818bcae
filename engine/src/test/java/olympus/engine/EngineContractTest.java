package olympus.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import olympus.engine.EngineEvent.What;
import olympus.engine.EngineException.Kind;
import olympus.foundation.Poll;
import olympus.model.stack.DeployPolicy.Resources;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Volume;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every engine does, on Docker and on Podman. */
class EngineContractTest {

    private static final List<TestEngine> ENGINES = new ArrayList<>();

    @TempDir Path folder;

    @BeforeAll
    static void start() {
        ENGINES.add(new OwnDocker());
        ENGINES.add(new OwnPodman());
    }

    @AfterAll
    static void stop() {
        ENGINES.forEach(TestEngine::close);
        ENGINES.clear();
    }

    static Stream<TestEngine> engines() {
        return ENGINES.stream();
    }

    @AfterEach
    void removeContainers() {
        for (var own : ENGINES) {
            try (var engine = own.connect()) {
                engine.list(Map.of()).forEach(container -> engine.remove(container.id(), true));
            }
        }
    }

    private static String create(ContainerEngine engine, String name, String script) {
        return engine.create(
                new Creation(
                        name,
                        Workloads.shell(script),
                        Map.of("GREETING", "hello"),
                        Map.of("test.label", "yes"),
                        List.of(),
                        Resources.UNLIMITED,
                        StopPolicy.DEFAULT,
                        RestartRule.NO,
                        Map.of(),
                        Map.of()));
    }

    private static final String SLEEP = "trap 'exit 7' TERM; while :; do sleep 600 & wait $!; done";

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void saysWhatItIs(TestEngine own) {
        try (var engine = own.connect()) {
            assertThat(engine.info().product())
                    .isEqualTo(
                            own instanceof OwnPodman
                                    ? EngineInfo.Product.PODMAN
                                    : EngineInfo.Product.DOCKER);
            assertThat(engine.info().version()).isNotEmpty();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void startsFindsEndsAndRemovesAContainer(TestEngine own) {
        try (var engine = own.connect()) {
            var id = create(engine, "life", SLEEP);
            assertThat(engine.inspect(id).state().wasStarted()).isFalse();
            engine.start(id);
            var up = engine.inspect("life");
            assertThat(up.id()).isEqualTo(id);
            assertThat(up.state().running()).isTrue();
            assertThat(up.state().pid()).isPositive();
            changesTheRestartPolicyOrSaysThatItCannot(own, engine, id);
            assertThat(engine.list(Map.of("test.label", "yes")))
                    .singleElement()
                    .satisfies(listed -> {
                        assertThat(listed.name()).isEqualTo("life");
                        assertThat(listed.state()).isEqualTo("running");
                    });
            assertThat(engine.list(Map.of("test.label", "no"))).isEmpty();

            engine.rename(id, "renamed");
            assertThat(engine.find("life")).isEmpty();
            engine.stop(id, Optional.empty(), Duration.ofSeconds(20));
            var ended = engine.inspect("renamed").state();
            assertThat(ended.running()).isFalse();
            assertThat(ended.exitCode()).isEqualTo(7);
            engine.stop(id, Optional.of("SIGINT"), Duration.ofSeconds(1));
            engine.remove(id, false);
            engine.remove(id, false);
            assertThat(engine.find(id)).isEmpty();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void countsWhatAContainerUses(TestEngine own) {
        try (var engine = own.connect()) {
            var id = create(engine, "used", "sleep 600 & while :; do :; done");
            engine.start(id);
            var first = engine.stats(id);
            // An engine may answer twice with what it read once; at first it also counts processes
            // of its own, which have just put the container's there.
            var second =
                    Poll.within(
                                    Duration.ofSeconds(20),
                                    () ->
                                            Optional.of(engine.stats(id))
                                                    .filter(later ->
                                                            later.cpuNanos() > first.cpuNanos())
                                                    .filter(later -> later.processes() == 2))
                            .orElseThrow();
            assertThat(second.at()).isAfter(first.at());
            assertThat(second.memoryBytes()).isPositive();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void endsByAnotherSignalAndByForceAfterTheGrace(TestEngine own) {
        try (var engine = own.connect()) {
            var id =
                    create(
                            engine,
                            "signals",
                            "trap 'exit 9' USR1; trap '' TERM; while :; do sleep 600 & wait $!; done");
            engine.start(id);
            engine.stop(id, Optional.of("SIGUSR1"), Duration.ofSeconds(20));
            assertThat(engine.inspect(id).state().exitCode()).isEqualTo(9);
            engine.start(id);
            engine.stop(id, Optional.empty(), Duration.ofSeconds(1));
            assertThat(engine.inspect(id).state().exitCode()).isEqualTo(137);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void tellsWhatHappens(TestEngine own) throws InterruptedException {
        try (var engine = own.connect()) {
            var told = new LinkedBlockingQueue<EngineEvent>();
            try (var ignored = engine.events(told::add)) {
                await(told, EngineEvent.Connected.class::isInstance);
                var id = create(engine, "told", "exit 5");
                engine.start(id);
                await(told, happened(What.CREATE, id));
                await(told, happened(What.START, id));
                var died = await(told, happened(What.DIE, id));
                assertThat(((EngineEvent.Happened) died).name()).isEqualTo("told");
                assertThat(((EngineEvent.Happened) died).exitCode()).hasValue(5);
                engine.remove(id, false);
                await(told, happened(What.DESTROY, id));
            }
        }
    }

    private static Predicate<EngineEvent> happened(What what, String container) {
        return event ->
                event instanceof EngineEvent.Happened it
                        && it.what() == what
                        && it.container().equals(container);
    }

    private static EngineEvent await(BlockingQueue<EngineEvent> told, Predicate<EngineEvent> wanted)
            throws InterruptedException {
        var seen = new ArrayList<EngineEvent>();
        var deadline = System.nanoTime() + TestEngine.DEADLINE.toNanos();
        while (true) {
            var next = told.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("not told; only " + seen);
            }
            if (wanted.test(next)) {
                return next;
            }
            seen.add(next);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void tellsOfABreakAndGoesOn(TestEngine own) throws InterruptedException {
        try (var engine = own.connect()) {
            var told = new LinkedBlockingQueue<EngineEvent>();
            try (var ignored = engine.events(told::add)) {
                await(told, EngineEvent.Connected.class::isInstance);
                own.stop();
                await(told, EngineEvent.Lost.class::isInstance);
                assertThatThrownBy(engine::ping)
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.ABSENT))
                        .hasMessageContaining("no engine answers at unix://");
                own.start();
                await(told, EngineEvent.Connected.class::isInstance);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void handsOutBothStreamsWithTheirTimes(TestEngine own) {
        try (var engine = own.connect()) {
            var id = create(engine, "output", "echo $GREETING; echo wrong >&2; echo bye");
            engine.start(id);
            var chunks = new ArrayList<LogChunk>();
            engine.logs(
                    id,
                    new LogQuery(false, Optional.empty(), OptionalInt.empty(), true),
                    chunks::add);
            assertThat(chunks.stream().filter(LogChunk::error).map(EngineContractTest::text))
                    .containsExactly("wrong\n");
            assertThat(
                            chunks.stream()
                                    .filter(chunk -> !chunk.error())
                                    .map(EngineContractTest::text))
                    .containsExactly("hello\n", "bye\n");
            assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.at()).isAfter(Instant.EPOCH));
            var last = chunks.stream().map(LogChunk::at).max(Instant::compareTo).orElseThrow();
            var again = new ArrayList<LogChunk>();
            engine.logs(
                    id,
                    new LogQuery(false, Optional.of(last), OptionalInt.empty(), false),
                    again::add);
            assertThat(again.stream().filter(chunk -> !chunk.at().isBefore(last))).isNotEmpty();
        }
    }

    private static String text(LogChunk chunk) {
        return new String(chunk.text(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void runsACommandInside(TestEngine own) {
        try (var engine = own.connect()) {
            var id = create(engine, "inside", SLEEP);
            engine.start(id);
            var result =
                    engine.exec(
                            id,
                            List.of("sh", "-c", "echo out; echo err >&2; exit 4"),
                            Duration.ofSeconds(20),
                            100);
            assertThat(result.exitCode()).isEqualTo(4);
            assertThat(result.output()).contains("out").contains("err");
            assertThat(
                            engine.exec(
                                            id,
                                            List.of("seq", "1", "100000"),
                                            Duration.ofSeconds(20),
                                            100)
                                    .output())
                    .hasSize(100);
            assertThatThrownBy(() ->
                            engine.exec(id, List.of("sleep", "600"), Duration.ofMillis(500), 100))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SLOW));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void putsFilesInBeforeTheStart(TestEngine own) {
        try (var engine = own.connect()) {
            var id = create(engine, "files", "cat /run/secrets/key; stat -c %a /run/secrets/key");
            engine.put(
                    id,
                    List.of(
                            new FileContent(
                                    "/run/secrets/key",
                                    "open sesame\n".getBytes(StandardCharsets.UTF_8),
                                    0400,
                                    0,
                                    0)));
            engine.start(id);
            var text = new StringBuilder();
            engine.logs(
                    id,
                    new LogQuery(false, Optional.empty(), OptionalInt.empty(), true),
                    chunk -> text.append(text(chunk)));
            assertThat(text.toString()).isEqualTo("open sesame\n400\n");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void talksWithACommandThatSeesTheEndOfItsInput(TestEngine own) throws Exception {
        try (var engine = own.connect()) {
            var id = create(engine, "talk", SLEEP);
            engine.start(id);
            var order =
                    new ExecOrder(
                            List.of("sh", "-c", "cat; echo $A >&2; id -u; exit 9"),
                            Optional.of("7"),
                            Optional.of("/"),
                            Map.of("A", "b"),
                            true,
                            Optional.empty());
            try (var exec = engine.attach(id, order)) {
                var bytes = new byte[] {0, -1, 13, 10, 3, 4};
                exec.write(bytes);
                exec.endInput();
                var out = new ByteArrayOutputStream();
                var err = new ByteArrayOutputStream();
                for (var next = exec.next(); next.isPresent(); next = exec.next()) {
                    var content = new byte[next.get().data().remaining()];
                    next.get().data().get(content);
                    (next.get().error() ? err : out).write(content);
                }
                assertThat(out.toByteArray())
                        .startsWith(bytes)
                        .endsWith("7\n".getBytes(StandardCharsets.UTF_8));
                assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("b\n");
                var ended =
                        Poll.within(
                                Duration.ofSeconds(10),
                                () ->
                                        Optional.of(exec.standing())
                                                .filter(standing -> !standing.running()));
                assertThat(ended.orElseThrow().exitCode()).isEqualTo(9);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void givesACommandATerminalOfTheSizeAsked(TestEngine own) throws Exception {
        try (var engine = own.connect()) {
            var id = create(engine, "tty", SLEEP);
            engine.start(id);
            var order =
                    new ExecOrder(
                            List.of("sh", "-c", "test -t 0 && test -t 2 && read x && echo got $x"),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(),
                            true,
                            Optional.of(new ExecOrder.Size(77, 33)));
            try (var exec = engine.attach(id, order)) {
                assertThat(exec.standing().pid()).isPositive();
                exec.resize(new ExecOrder.Size(78, 34));
                exec.write("word\r".getBytes(StandardCharsets.UTF_8));
                var out = new ByteArrayOutputStream();
                for (var next = exec.next(); next.isPresent(); next = exec.next()) {
                    var content = new byte[next.get().data().remaining()];
                    next.get().data().get(content);
                    out.write(content);
                }
                assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("got word\r\n");
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void tellsTheEndOfACommandThatIsOverBeforeItsTerminalHasASize(TestEngine own) throws Exception {
        try (var engine = own.connect()) {
            var id = create(engine, "quick", SLEEP);
            engine.start(id);
            var order =
                    new ExecOrder(
                            List.of("sh", "-c", "exit 3"),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(),
                            false,
                            Optional.of(new ExecOrder.Size(80, 24)));
            for (var i = 0; i < 5; i++) {
                try (var exec = engine.attach(id, order)) {
                    assertThat(exec.next()).isEmpty();
                    var ended =
                            Poll.within(
                                    Duration.ofSeconds(10),
                                    () ->
                                            Optional.of(exec.standing())
                                                    .filter(standing -> !standing.running()));
                    assertThat(ended.orElseThrow().exitCode()).isEqualTo(3);
                }
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void runsNoCommandInAContainerThatDoesNotRun(TestEngine own) {
        try (var engine = own.connect()) {
            var id = create(engine, "idle", SLEEP);
            var order =
                    new ExecOrder(
                            List.of("true"),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(),
                            false,
                            Optional.empty());
            assertThatThrownBy(() -> engine.attach(id, order))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CONFLICT));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void makesVolumesWithLabelsAndFindsThem(TestEngine own) {
        try (var engine = own.connect()) {
            var volume = new Volume("data", "p_data", false, Optional.empty(), Map.of(), Map.of());
            var project = Workloads.PROJECT;
            engine.volumes().ensure(volume, ComposeLabels.volume(project, "data"));
            engine.volumes().ensure(volume, ComposeLabels.volume(project, "data"));
            assertThat(engine.volumes().find("p_data").orElseThrow().labels())
                    .containsEntry("com.docker.compose.volume", "data");
            assertThat(engine.volumes().find("p_other")).isEmpty();
            assertThat(engine.volumes().list()).anyMatch(seen -> seen.name().equals("p_data"));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void removesAVolumeThatNoContainerHasAndTellsItsSize(TestEngine own) {
        try (var engine = own.connect()) {
            var mine = new Volume("old", "p_old", false, Optional.empty(), Map.of(), Map.of());
            engine.volumes().ensure(mine, Map.of());
            own.command("create", "--name", "keeper", "-v", "p_old:/old", TestEngine.IMAGE, "true");
            assertThatThrownBy(() -> engine.volumes().remove("p_old"))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CONFLICT));
            assertThat(engine.volumes().sizes()).containsKey("p_old");
            engine.remove("keeper", false);
            assertThat(engine.volumes().remove("p_old")).isTrue();
            assertThat(engine.volumes().remove("p_old")).isFalse();
            assertThat(engine.volumes().find("p_old")).isEmpty();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void saysWhatIsMissing(TestEngine own) {
        try (var engine = own.connect()) {
            assertThat(engine.images().find("nowhere:1")).isEmpty();
            assertThat(engine.images().find(TestEngine.IMAGE)).isPresent();
            var image =
                    new Image(
                            "nowhere:1",
                            Image.PullPolicy.NEVER,
                            Optional.empty(),
                            Optional.empty());
            assertThatThrownBy(() -> engine.images().ensure(image, Instant.EPOCH, what -> {}))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.NO_SUCH_IMAGE));
            assertThatThrownBy(() -> engine.start("nobody"))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.NO_SUCH_CONTAINER))
                    .hasMessageContaining("cannot start container nobody");
            create(engine, "twice", SLEEP);
            assertThatThrownBy(() -> create(engine, "twice", SLEEP))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("twice");
        }
    }

    private static void changesTheRestartPolicyOrSaysThatItCannot(
            TestEngine own, ContainerEngine engine, String id) {
        var rule = new RestartRule("unless-stopped", 0);
        if (own instanceof OwnDocker) {
            engine.restartRule(id, rule);
            assertThat(engine.inspect(id).restartPolicy()).isEqualTo("unless-stopped");
        } else {
            // Of this version; from 5.1 on it can.
            assertThat(engine.info().version()).startsWith("4.");
            assertThatThrownBy(() -> engine.restartRule(id, rule))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void buildsWithoutWhatIsIgnored(TestEngine own) throws Exception {
        Files.writeString(
                folder.resolve("Dockerfile"), "FROM " + TestEngine.IMAGE + "\nCOPY . /app\n");
        Files.writeString(folder.resolve(".dockerignore"), "*.log\n!keep.log\n");
        Files.writeString(folder.resolve("a.log"), "");
        Files.writeString(folder.resolve("keep.log"), "");
        try (var engine = own.connect()) {
            var build =
                    new Image.Build(
                            folder.toString(),
                            "Dockerfile",
                            Optional.empty(),
                            Map.of(),
                            Optional.empty(),
                            Map.of(),
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            false);
            var image =
                    new Image(
                            "built:1",
                            Image.PullPolicy.MISSING,
                            Optional.empty(),
                            Optional.of(build));
            engine.images().ensure(image, Instant.EPOCH, what -> {});
            assertThat(own.command("run", "--rm", "built:1", "ls", "/app"))
                    .isEqualTo("Dockerfile\nkeep.log");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void makesANetworkOnceWhenManyWantItAtTheSameTime(TestEngine own) throws Exception {
        var wanted =
                new Network(
                        "default",
                        "wanted_default",
                        false,
                        Optional.empty(),
                        Map.of(),
                        true,
                        false,
                        false,
                        Optional.empty(),
                        Map.of());
        try (var engine = own.connect();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<Object>>();
            for (var count = 0; count < 12; count++) {
                all.add(Executors.callable(() -> engine.networks().ensure(wanted, Map.of())));
            }
            for (var one : threads.invokeAll(all)) {
                one.get();
            }
            assertThat(engine.networks().list())
                    .filteredOn(network -> network.name().equals("wanted_default"))
                    .hasSize(1);
            assertThat(engine.networks().removeUnused("wanted_default")).isTrue();
        }
    }
}
