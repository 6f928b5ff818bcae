package olympus.agent.internal;

import java.util.Map;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.model.SecretRef;
import olympus.model.stack.Probe;
import olympus.model.state.InstanceSpec;

/**
 * Asks instances as {@link Prober} does, but runs the commands of containers inside them. Blocks;
 * any thread.
 */
final class InsideProbe {

    private final Prober prober;
    private final ContainerEngine engine;
    private final ContainerLaunch launch;

    InsideProbe(Prober prober, ContainerEngine engine, ContainerLaunch launch) {
        this.prober = prober;
        this.engine = engine;
        this.launch = launch;
    }

    Prober.Answer ask(InstanceSpec spec, Probe probe, Map<SecretRef, String> secrets)
            throws InterruptedException {
        var plan = ContainerPlan.of(spec);
        return plan.isPresent() && probe.target() instanceof Probe.Target.Command command
                ? inside(plan.get(), command, probe)
                : prober.ask(spec, probe, secrets);
    }

    private Prober.Answer inside(ContainerPlan plan, Probe.Target.Command command, Probe probe) {
        var shown = String.join(" ", command.command());
        try {
            var container = launch.find(ContainerRecord.NONE, java.util.Optional.of(plan));
            if (container.isEmpty()) {
                return new Prober.Answer(
                        false, "%s: there is no container %s".formatted(shown, plan.name()));
            }
            var result =
                    engine.exec(
                            container.get().id(),
                            command.command(),
                            probe.timeout(),
                            CommandProbe.OUTPUT_SHOWN);
            var output = result.output().strip();
            return new Prober.Answer(
                    result.exitCode() == 0,
                    "%s %s%s"
                            .formatted(
                                    shown,
                                    Sentences.exit(result.exitCode()),
                                    output.isEmpty() ? "" : ": " + output));
        } catch (EngineException e) {
            return new Prober.Answer(false, "%s: %s".formatted(shown, e.getMessage()));
        }
    }
}
