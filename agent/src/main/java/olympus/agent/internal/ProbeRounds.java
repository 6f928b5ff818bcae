package olympus.agent.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.Probe;
import olympus.model.state.InstanceSpec;

/**
 * Sees to it that each running instance with a probe is asked in time.
 *
 * <p>From the start of one probe to the start of the next is the interval, never overlapping; until
 * the first success probes come faster, so that what waits for the instance learns of it soon.
 * Threading: the supervision loop.
 */
final class ProbeRounds {

    private static final Duration FIRST_AFTER = Duration.ofMillis(50);
    private static final Duration EAGER_LIMIT = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Executor blocking;
    private final Clock clock;
    private final RandomGenerator random;
    private final Asking prober;
    private final Supplier<Map<SecretRef, String>> secrets;
    private final BiConsumer<InstanceId, MachineInput> results;
    private final Map<InstanceId, Round> rounds = new HashMap<>();

    ProbeRounds(
            EventLoop loop,
            Executor blocking,
            Clock clock,
            RandomGenerator random,
            Asking prober,
            Supplier<Map<SecretRef, String>> secrets,
            BiConsumer<InstanceId, MachineInput> results) {
        this.loop = loop;
        this.blocking = blocking;
        this.clock = clock;
        this.random = random;
        this.prober = prober;
        this.secrets = secrets;
        this.results = results;
    }

    /** Asks once; blocks. */
    @FunctionalInterface
    interface Asking {
        Prober.Answer ask(InstanceSpec spec, Probe probe, Map<SecretRef, String> secrets)
                throws InterruptedException;
    }

    /** The probing of one run. */
    private static final class Round {
        final InstanceMachine machine;
        final long run;
        Duration eager = FIRST_AFTER;

        Round(InstanceMachine machine, long run) {
            this.machine = machine;
            this.run = run;
        }
    }

    /** Begins or ends probing as the machine's state asks for. */
    void follow(InstanceMachine machine) {
        var run = machine.probedRun();
        var round = rounds.get(machine.id());
        if (run.isEmpty()) {
            rounds.remove(machine.id());
        } else if (round == null || round.run != run.getAsLong() || round.machine != machine) {
            var fresh = new Round(machine, run.getAsLong());
            rounds.put(machine.id(), fresh);
            loop.schedule(FIRST_AFTER, () -> ask(fresh));
        }
    }

    void forget(InstanceId id) {
        rounds.remove(id);
    }

    private void ask(Round round) {
        var spec = round.machine.spec();
        var probe = spec.flatMap(wanted -> wanted.definition().probe());
        if (rounds.get(round.machine.id()) != round || probe.isEmpty()) {
            return;
        }
        var begun = clock.monotonicNanos();
        blocking.execute(() -> {
            var answer = answer(spec.get(), probe.get());
            answer.ifPresent(
                    known -> loop.execute(() -> answered(round, probe.get(), known, begun)));
        });
    }

    private Optional<Prober.Answer> answer(InstanceSpec spec, Probe probe) {
        try {
            return Optional.of(prober.ask(spec, probe, secrets.get()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void answered(Round round, Probe probe, Prober.Answer answer, long begunNanos) {
        if (rounds.get(round.machine.id()) != round) {
            return;
        }
        results.accept(
                round.machine.id(),
                new MachineInput.Probed(round.run, answer.passed(), answer.message()));
        loop.schedule(pause(round, probe, begunNanos), () -> ask(round));
    }

    private Duration pause(Round round, Probe probe, long begunNanos) {
        var whole = probe.interval();
        if (!round.machine.hasPassed()) {
            round.eager = shorter(round.eager.multipliedBy(2), EAGER_LIMIT);
            whole = shorter(round.eager, whole);
        } else if (round.eager.compareTo(Duration.ZERO) > 0) {
            // Once: spread the instances that were started together over their interval.
            round.eager = Duration.ZERO;
            whole = whole.multipliedBy(50 + random.nextInt(50)).dividedBy(100);
        }
        var rest = whole.minusNanos(clock.monotonicNanos() - begunNanos);
        return rest.isNegative() ? Duration.ofMillis(1) : rest;
    }

    private static Duration shorter(Duration first, Duration second) {
        return first.compareTo(second) <= 0 ? first : second;
    }
}
