package olympus.agent;

import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import olympus.engine.EngineAddress;
import olympus.foundation.Clock;
import olympus.link.AgentSide;

/**
 * What an agent is made with.
 *
 * @param dataFolder the data folder {@code D}; the agent keeps everything under {@code D/agent}
 * @param output how much output is kept of each instance
 * @param brake when so many probes fail at once that nothing is restarted for its health
 * @param engine where the container engine listens; nothing connects before a container is assigned
 * @param systemd nothing of it is run before a unit is assigned
 * @param onFailure told when one of the agent's threads has stopped because of a bug: its name, and
 *     what stopped it
 */
public record AgentConfig(
        Path dataFolder,
        AgentSide.Identity identity,
        Clock clock,
        RandomGenerator random,
        OutputLimits output,
        Brake brake,
        EngineAddress engine,
        SystemdTools systemd,
        BiConsumer<String, Throwable> onFailure) {

    /** With the usual limits. */
    public static AgentConfig of(
            Path dataFolder,
            AgentSide.Identity identity,
            Clock clock,
            RandomGenerator random,
            BiConsumer<String, Throwable> onFailure) {
        return new AgentConfig(
                dataFolder,
                identity,
                clock,
                random,
                OutputLimits.STANDARD,
                Brake.STANDARD,
                EngineAddress.find(System.getenv()),
                SystemdTools.IN_PATH,
                onFailure);
    }
}
