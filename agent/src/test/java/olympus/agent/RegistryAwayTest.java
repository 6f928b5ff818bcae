package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.TreeSet;
import olympus.engine.OwnDocker;
import olympus.engine.OwnRegistry;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.stack.container.Image.PullPolicy;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real registry that is stopped and started again, and one that has not what is asked for. */
class RegistryAwayTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    private static OwnRegistry registry;

    @TempDir Path folder;

    @BeforeAll
    static void start() {
        registry = new OwnRegistry(false);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    /** Given up by the first failure that counts but one. */
    private static Containers of(String nameAndTag) {
        return Containers.sleeping(WEB)
                .image(registry.image(nameAndTag), PullPolicy.MISSING)
                .restart(Restart.ALWAYS, 1);
    }

    private static boolean isWaiting(InstanceObservation seen) {
        return seen.state() == State.STARTING
                && seen.reason()
                        .contains("registry %s is away: cannot pull".formatted(registry.host()))
                && seen.reason().contains("; next try at 20");
    }

    @Test
    void waitsForARegistryThatIsAwayAndStartsWhenItIsBack() {
        registry.push(world.engine(), "web:1", "first");
        registry.away();
        try (var agent = world.agent(folder)) {
            var told = new TreeSet<String>();
            try {
                assign(agent, of("web:1"));
                // More tries than the recovery policy allows failures.
                agent.await(
                        WEB,
                        seen -> {
                            if (isWaiting(seen)) {
                                told.add(seen.reason());
                            }
                            return told.size() >= 3;
                        });
            } finally {
                registry.back();
            }
            assertThat(agent.awaitRunning(WEB).restarts()).isZero();
        }
    }

    @Test
    void isStoppedAtOnceWhileItWaitsForARegistry() {
        registry.away();
        try (var agent = world.agent(folder)) {
            var spec = of("other:1");
            assign(agent, spec);
            agent.await(WEB, RegistryAwayTest::isWaiting);
            assign(agent, spec.desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPED);
        } finally {
            registry.back();
        }
    }

    @Test
    void isLetGoAtOnceWhileItWaitsForARegistryAndNotStartedLater() {
        registry.push(world.engine(), "later:1", "first");
        registry.away();
        try (var agent = world.agent(folder)) {
            var spec = of("later:1");
            assign(agent, spec);
            agent.await(WEB, RegistryAwayTest::isWaiting);
            assign(agent, spec.desired(Desired.RELEASE));
            agent.await(WEB, seen -> seen.reason().equals("released"));
            assertThat(agent.awaitState(WEB, State.STOPPED).restarts()).isZero();
            assertThat(world.command("ps", "-aq")).isEmpty();
        } finally {
            registry.back();
        }
    }

    @Test
    void givesUpWhatTheRegistryHasNot() {
        try (var agent = world.agent(folder)) {
            assign(agent, of("nobody-has-it:1"));
            assertThat(agent.awaitState(WEB, State.GIVEN_UP).reason())
                    .contains("cannot pull image " + registry.image("nobody-has-it:1"));
        }
    }
}
