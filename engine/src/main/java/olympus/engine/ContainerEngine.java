package olympus.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import olympus.engine.internal.HttpEngine;

/**
 * The container engine of a machine, Docker or Podman.
 *
 * <p>Every call has a deadline and throws {@link EngineException} with a sentence that says what
 * was attempted on which object. A container is named by id or name. Nothing here removes a volume.
 * Threading: safe for use by any thread; all but {@link #address} and {@link #events} block.
 */
public interface ContainerEngine extends AutoCloseable {

    /** Connects when first used; needs no engine to be there. */
    static ContainerEngine at(EngineAddress address, Map<String, String> environment) {
        return new HttpEngine(address, environment);
    }

    EngineAddress address();

    void ping();

    EngineInfo info();

    /**
     * All containers, also those that do not run, that bear all of these labels; an empty value
     * stands for any.
     */
    List<ContainerSummary> list(Map<String, String> labels);

    ContainerDetails inspect(String container);

    /** Empty when there is none. */
    Optional<ContainerDetails> find(String container);

    /**
     * In what a container differs from the one that {@code declared} would make, by path. What the
     * image or the engine fills in is no difference, and neither are the labels of tools.
     */
    List<SettingDifference> differences(String container, Creation declared);

    /** Answers with its id. Networks, volumes and image must be there. */
    String create(Creation creation);

    void start(String container);

    /**
     * Signal, grace, kill; returns when it has ended, also when it had before.
     *
     * @param signal empty for the container's own
     */
    void stop(String container, Optional<String> signal, Duration grace);

    void kill(String container, String signal);

    /** Leaves its volumes, also those without a name. Nothing happens when it is not there. */
    void remove(String container, boolean evenRunning);

    void rename(String container, String name);

    /** Without a restart. */
    void restartRule(String container, RestartRule rule);

    /** Puts files into a container, running or not. */
    void put(String container, List<FileContent> files);

    /** Ends the command at the deadline as far as the engine can; output above the limit is cut. */
    ExecResult exec(String container, List<String> command, Duration deadline, int outputLimit);

    /** Runs a command with its streams attached; returns once it runs. */
    AttachedExec attach(String container, ExecOrder order);

    Usage stats(String container);

    /**
     * Hands output to {@code sink} on the calling thread until there is no more, or the thread is
     * interrupted.
     */
    void logs(String container, LogQuery query, Consumer<LogChunk> sink);

    /**
     * Tells what happens from now on, on a thread of its own, until closed. Connects again by
     * itself.
     */
    Subscription events(Consumer<EngineEvent> listener);

    Images images();

    Registries registries();

    Networks networks();

    Volumes volumes();

    @Override
    void close();

    /** An open stream of events. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
