package olympus.agent.internal;

import java.util.Optional;
import java.util.OptionalLong;
import olympus.model.InstanceId;
import olympus.model.stack.StopPolicy;

/** A run of a process that is there, as its driver knows it. Threading: the supervision loop. */
final class LiveRun {
    final InstanceId id;
    final long run;
    RunFolder folder;
    OptionalLong memoryKills = OptionalLong.empty();
    Optional<Long> memoryLimit = Optional.empty();
    final String marker;
    Optional<ProcessIdentity> child = Optional.empty();
    Optional<ProcessIdentity> shim = Optional.empty();
    Optional<PidWatcher.Watch> childWatch = Optional.empty();
    Optional<PidWatcher.Watch> shimWatch = Optional.empty();
    Optional<StopPolicy> stopping = Optional.empty();
    boolean childEnded;
    boolean shimEnded;
    boolean clearing;
    OptionalLong killAtNanos = OptionalLong.empty();

    LiveRun(InstanceId id, long run, RunFolder folder, String marker) {
        this.id = id;
        this.run = run;
        this.folder = folder;
        this.marker = marker;
    }
}
