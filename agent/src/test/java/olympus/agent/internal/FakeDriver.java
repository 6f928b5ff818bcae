package olympus.agent.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.state.InstanceSpec;

/**
 * Runs nothing: an instance is said to be up, and to have ended, after times that are always the
 * same. Threading: the supervision loop.
 */
final class FakeDriver implements Driver {

    private final FakeRuns runs;
    private final EventLoop loop;
    private final BiConsumer<InstanceId, MachineInput> told;
    private final Map<InstanceId, Run> live = new HashMap<>();

    FakeDriver(FakeRuns runs, EventLoop loop, BiConsumer<InstanceId, MachineInput> told) {
        this.runs = runs;
        this.loop = loop;
        this.told = told;
    }

    private static final class Run {
        final long number;
        boolean isStopping;

        Run(long number) {
            this.number = number;
        }
    }

    @Override
    public void start(InstanceSpec spec, long number, Map<SecretRef, String> secrets) {
        var run = new Run(number);
        live.put(spec.id(), run);
        loop.schedule(
                runs.startTakes(),
                () -> {
                    if (live.get(spec.id()) == run && !run.isStopping) {
                        runs.started().accept(spec);
                        told.accept(
                                spec.id(),
                                new MachineInput.Started(number, runs.pid().applyAsLong(spec)));
                    }
                });
    }

    @Override
    public void stop(InstanceId id, MachineAction.Stop stop) {
        var run = live.get(id);
        if (run == null || run.number != stop.run() || run.isStopping) {
            return;
        }
        run.isStopping = true;
        loop.schedule(
                runs.stopTakes(),
                () -> {
                    if (live.remove(id, run)) {
                        told.accept(id, new MachineInput.Ended(run.number, Optional.of(143), ""));
                    }
                });
    }

    /** What an agent before this one ran ended with it. */
    @Override
    public Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted) {
        return new Adoption.Nothing();
    }

    @Override
    public void forget(InstanceId id) {
        live.remove(id);
    }

    @Override
    public List<String> problems() {
        return List.of();
    }
}
