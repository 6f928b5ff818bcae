package olympus.agent.internal;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceSpec;

/**
 * How an {@link AgentWithFakeRuns} has instances run.
 *
 * @param startTakes until an instance is up
 * @param stopTakes until it has ended
 * @param pid what is reported of an instance that is up
 * @param received told of each assignment as it comes, on a thread of the link
 * @param started told of each instance when it is up, on the loop of its agent
 */
public record FakeRuns(
        Duration startTakes,
        Duration stopTakes,
        ToLongFunction<InstanceSpec> pid,
        Consumer<Assignment> received,
        Consumer<InstanceSpec> started) {}
