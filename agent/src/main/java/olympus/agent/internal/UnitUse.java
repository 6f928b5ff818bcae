package olympus.agent.internal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.engine.Usage;

/**
 * What a unit of systemd uses, as systemd counts it for the unit's control group
 * (systemd.resource-control(5)); what it does not count is told as absent.
 */
record UnitUse(String invocation, Usage usage, boolean hasNetwork, boolean hasDisk) {

    static final List<String> PROPERTIES =
            List.of(
                    "ActiveState",
                    "InvocationID",
                    "CPUUsageNSec",
                    "MemoryCurrent",
                    "MemoryMax",
                    "TasksCurrent",
                    "IPIngressBytes",
                    "IPEgressBytes",
                    "IOReadBytes",
                    "IOWriteBytes");

    /** Empty when it does not run, or systemd counts nothing of it. */
    static Optional<UnitUse> of(UnitState state, Instant at) {
        if (number(state, "CPUUsageNSec").isEmpty() && number(state, "MemoryCurrent").isEmpty()) {
            return Optional.empty();
        }
        var received = number(state, "IPIngressBytes");
        var read = number(state, "IOReadBytes");
        return Optional.of(
                new UnitUse(
                        state.invocation(),
                        new Usage(
                                at,
                                number(state, "CPUUsageNSec").orElse(0L),
                                number(state, "MemoryCurrent").orElse(0L),
                                number(state, "MemoryMax").orElse(0L),
                                number(state, "TasksCurrent").orElse(0L),
                                new Usage.Flow(
                                        received.orElse(0L),
                                        number(state, "IPEgressBytes").orElse(0L)),
                                new Usage.Flow(
                                        read.orElse(0L), number(state, "IOWriteBytes").orElse(0L))),
                        received.isPresent(),
                        read.isPresent()));
    }

    /** Neither {@code [not set]} nor {@code infinity}, nor the largest number, which is both. */
    private static Optional<Long> number(UnitState state, String property) {
        return Optional.of(state.text(property))
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong);
    }
}
