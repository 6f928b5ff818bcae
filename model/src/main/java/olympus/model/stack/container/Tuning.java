package olympus.model.stack.container;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Limits beyond those of {@code deploy.resources.limits}, which stand in the service's deploy
 * policy.
 *
 * @param swapBytes memory and swap together, -1 for no limit
 * @param storageOptions of the engine's storage driver, e.g. {@code size}
 */
public record Tuning(
        Optional<Long> memoryReservation,
        Optional<Long> swapBytes,
        Optional<Integer> swappiness,
        Optional<Integer> cpuShares,
        Optional<String> cpuset,
        Optional<Long> cpuQuota,
        Optional<Long> cpuPeriod,
        Optional<Integer> blkioWeight,
        Optional<Long> shmBytes,
        Optional<Integer> oomScoreAdjust,
        boolean oomKillDisabled,
        Map<String, String> storageOptions) {

    public Tuning {
        storageOptions = Collections.unmodifiableMap(new TreeMap<>(storageOptions));
    }

    public static final Tuning NONE =
            new Tuning(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    Map.of());
}
