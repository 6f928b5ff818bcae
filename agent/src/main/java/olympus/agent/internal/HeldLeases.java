package olympus.agent.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import olympus.foundation.Clock;
import olympus.model.InstanceId;
import olympus.model.stack.Singleton;
import olympus.model.state.InstanceSpec;
import olympus.model.state.LeaseGrant;

/**
 * The leases that this node holds of its singletons. A lease counts from before it was asked for,
 * by the machine's time since boot, so that no delay of an answer makes it longer.
 *
 * <p>State: memory only. What an agent before this one was granted lets a run go on (its guardian
 * reads that in the run's folder), but starts none. Threading: asking and being granted on the
 * supervision loop; {@link #of} by any thread. Limits: {@link #REMEMBERED} questions without an
 * answer; later answers to older ones are dropped.
 */
final class HeldLeases {

    private static final int REMEMBERED = 64;

    private final Clock clock;
    private final Map<InstanceId, Held> held = new ConcurrentHashMap<>();
    private final LinkedHashMap<Long, Long> asked = new LinkedHashMap<>();
    private long lastNumber;
    private Optional<Long> lastAskedNanos = Optional.empty();

    HeldLeases(Clock clock) {
        this.clock = clock;
    }

    /**
     * A lease.
     *
     * @param endNanos since boot
     * @param incarnation of the store, and {@code revision} of the store, that it was granted from
     */
    record Held(String runToken, long endNanos, long incarnation, long revision) {

        private static final int RUN_BITS = 16;
        private static final int INCARNATION_FROM = 51;

        /**
         * Grows with each run of the service, on whatever node: by the incarnation, then by the
         * revision, then by the number of the run on this node.
         */
        long fencingToken(long run) {
            return (incarnation << INCARNATION_FROM)
                    | (revision << RUN_BITS)
                    | (run & ((1 << RUN_BITS) - 1));
        }

        Held notBefore(Held earlier) {
            return runToken.equals(earlier.runToken) && earlier.endNanos > endNanos
                    ? new Held(runToken, earlier.endNanos, incarnation, revision)
                    : this;
        }
    }

    /** Whether it goes on, and starts, with a lease only; also while it is only watched. */
    static boolean isSingleton(InstanceSpec spec) {
        return switch (spec.desired()) {
            case RUN, WATCH, HOLD -> spec.definition().deploy().singleton().isPresent();
            case STOP, RELEASE -> false;
        };
    }

    /** The lease of a run that may be there at this moment. */
    Optional<Held> of(InstanceSpec spec) {
        return Optional.ofNullable(held.get(spec.id()))
                .filter(lease -> lease.runToken().equals(spec.runToken()))
                .filter(lease -> lease.endNanos() > clock.uptimeNanos());
    }

    /** Why it may not start, where that is for want of a lease. */
    Optional<String> missing(InstanceSpec spec) {
        return !isSingleton(spec) || of(spec).isPresent()
                ? Optional.empty()
                : Optional.of(
                        "it waits for its lease: it is a singleton, and the server that leads has not confirmed yet that it runs nowhere else");
    }

    /** The number of the question that is due now; empty when none is. */
    Optional<Long> ask(Collection<InstanceSpec> specs) {
        var now = clock.uptimeNanos();
        var every =
                specs.stream()
                        .filter(HeldLeases::isSingleton)
                        .map(spec -> of(spec).isPresent() ? renewedEvery(spec) : Duration.ZERO)
                        .min(Duration::compareTo);
        held.keySet().retainAll(specs.stream().map(InstanceSpec::id).toList());
        if (every.isEmpty()
                || lastAskedNanos.filter(at -> now - at < every.get().toNanos()).isPresent()) {
            return Optional.empty();
        }
        lastAskedNanos = Optional.of(now);
        asked.put(++lastNumber, now);
        if (asked.size() > REMEMBERED) {
            asked.pollFirstEntry();
        }
        return Optional.of(lastNumber);
    }

    private static Duration renewedEvery(InstanceSpec spec) {
        return spec.definition()
                .deploy()
                .singleton()
                .map(Singleton::renewedEvery)
                .orElse(Duration.ZERO);
    }

    void granted(LeaseGrant grant) {
        var from = Optional.ofNullable(asked.get(grant.number()));
        if (from.isEmpty()) {
            return;
        }
        for (var lease : grant.leases()) {
            var fresh =
                    new Held(
                            lease.runToken(),
                            from.get() + lease.time().toNanos(),
                            grant.stamp().incarnation(),
                            grant.stamp().generation());
            held.merge(lease.instance(), fresh, (before, after) -> after.notBefore(before));
        }
    }
}
