package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import olympus.agent.Containers;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineAddress;
import olympus.engine.EngineEvent;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.RestartRule;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.stack.StopPolicy;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One container of an engine that can be away, and that counts what it is asked for. */
class ContainerDriverTest {

    private static final InstanceId ID = InstanceId.parse("first/web.1");
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path folder;

    private final SimulatedClock clock = new SimulatedClock(BEGIN);
    private final SimulatedLoop loop = new SimulatedLoop(clock);
    private final Containers spec = Containers.sleeping(ID.toString());
    private final Map<String, Integer> calls = new HashMap<>();
    private final List<MachineInput> told = new ArrayList<>();
    private Consumer<EngineEvent> listener = ignored -> {};
    private boolean isAway;
    private boolean isRefusing;
    private boolean runs = true;
    private int isLetGo;
    private RestartRule rule = new RestartRule("always", 0);
    private ContainerDriver driver;

    @BeforeEach
    void takesOverWhatRuns() {
        var engine =
                (ContainerEngine)
                        Proxy.newProxyInstance(
                                ContainerEngine.class.getClassLoader(),
                                new Class<?>[] {ContainerEngine.class},
                                (_, method, arguments) -> answer(method.getName(), arguments));
        var folders = new InstanceFolders(folder, new NodeId(UUID.randomUUID()));
        var launch = new ContainerLaunch(engine, clock);
        driver = new ContainerDriver(folders, loop, Runnable::run, engine, launch, reports());
        driver.adopt(ID, Optional.of(spec.build()));
        loop.runFor(Duration.ofMillis(100));
        assertThat(rule).as("held").isEqualTo(RestartRule.NO);
    }

    private DriverReports reports() {
        return new DriverReports() {
            @Override
            public void happened(InstanceId id, MachineInput input) {
                told.add(input);
            }

            @Override
            public void known(InstanceId id, Optional<ProcessDriver.Found> found) {}

            @Override
            public void stillAsked(InstanceId id, String why) {}
        };
    }

    @SuppressWarnings("unchecked")
    private Object answer(String asked, Object[] arguments) {
        calls.merge(asked, 1, Integer::sum);
        if (asked.equals("address")) {
            return EngineAddress.parse("unix:///nowhere");
        }
        if (asked.equals("events")) {
            listener = (Consumer<EngineEvent>) arguments[0];
            return (ContainerEngine.Subscription) () -> {};
        }
        if (isAway) {
            throw new EngineException(Kind.ABSENT, "nobody there");
        }
        return switch (asked) {
            case "find" -> Optional.of(container());
            case "inspect" -> container();
            case "start" -> running(true);
            case "stop" -> running(false);
            case "restartRule" -> follow((RestartRule) arguments[1]);
            default -> throw new EngineException(Kind.OTHER, "cannot " + asked);
        };
    }

    private boolean running(boolean isUp) {
        runs = isUp;
        return runs;
    }

    private RestartRule follow(RestartRule asked) {
        if (isRefusing) {
            throw new EngineException(Kind.OTHER, "not now");
        }
        rule = asked;
        return rule;
    }

    private ContainerDetails container() {
        var state =
                new ContainerDetails.State(
                        runs ? "running" : "exited",
                        runs,
                        false,
                        false,
                        false,
                        runs ? 4711 : 0,
                        0,
                        "",
                        BEGIN.plusSeconds(calls.getOrDefault("start", 0)),
                        Instant.EPOCH,
                        Optional.empty());
        return new ContainerDetails(
                "0123456789abcdef",
                "first-web-1",
                "image",
                "sha256:0",
                state,
                rule.word(),
                rule.maximum(),
                0,
                false,
                false,
                "json-file",
                "bridge",
                Map.of(),
                List.of(),
                Map.of(),
                List.of());
    }

    private int calls(String what) {
        return calls.getOrDefault(what, 0);
    }

    private void letGo() {
        driver.wanted(spec.desired(Desired.RELEASE).build());
        driver.letGo(ID, () -> isLetGo++);
    }

    /** It died, and its end has not been told yet. */
    private void stopAfterItsDeath() {
        runs = false;
        listener.accept(new EngineEvent.Connected());
        loop.runFor(Duration.ofMillis(100));
        assertThat(told).hasAtLeastOneElementOfType(MachineInput.Ended.class);
        driver.stop(ID, new MachineAction.Stop(1, StopPolicy.DEFAULT, true));
        loop.runFor(Duration.ofMillis(100));
    }

    @Test
    void looksOnceASecondForWhatIsReleasedWhileItsEngineIsAway() {
        isAway = true;
        letGo();
        listener.accept(new EngineEvent.Connected());
        listener.accept(new EngineEvent.Connected());
        loop.runFor(Duration.ofSeconds(5));
        calls.clear();
        loop.runFor(Duration.ofSeconds(60));
        assertThat(calls("find")).isBetween(59, 61);

        isAway = false;
        loop.runFor(Duration.ofSeconds(2));
        assertThat(isLetGo).isEqualTo(1);
        assertThat(rule).isEqualTo(new RestartRule("always", 0));
    }

    @Test
    void asksOnceASecondForARestartPolicyThatIsRefused() {
        isRefusing = true;
        letGo();
        listener.accept(new EngineEvent.Connected());
        loop.runFor(Duration.ofSeconds(5));
        calls.clear();
        loop.runFor(Duration.ofSeconds(60));
        assertThat(calls("restartRule")).isBetween(59, 61);

        isRefusing = false;
        loop.runFor(Duration.ofSeconds(2));
        assertThat(isLetGo).isEqualTo(1);
    }

    @Test
    void tellsNothingMoreOfALetGoWhoseInstanceIsForgottenMeanwhile() {
        isAway = true;
        letGo();
        loop.runFor(Duration.ofSeconds(1));
        driver.forget(ID);
        isAway = false;
        loop.runFor(Duration.ofSeconds(10));
        calls.clear();
        loop.runFor(Duration.ofSeconds(60));
        assertThat(calls("find")).isZero();
        assertThat(isLetGo).isZero();
    }

    @Test
    void doesNotStopTheNextRunForAnOrderThatCameAfterTheEndOfTheOneBefore() {
        stopAfterItsDeath();
        driver.start(spec.build(), 2, Map.of());
        loop.runFor(Duration.ofSeconds(5));
        assertThat(told).contains(new MachineInput.Started(2, 4711));
        assertThat(calls("stop")).isZero();
        assertThat(runs).isTrue();
    }

    @Test
    void givesBackWhatWasToBeStoppedAfterItHadEnded() {
        stopAfterItsDeath();
        letGo();
        loop.runFor(Duration.ofSeconds(5));
        assertThat(isLetGo).isEqualTo(1);
        assertThat(rule).isEqualTo(new RestartRule("always", 0));
    }
}
