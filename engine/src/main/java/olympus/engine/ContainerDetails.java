package olympus.engine;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that matters of one container.
 *
 * @param name without a leading slash
 * @param image as it was asked for
 * @param restartPolicy the engine's own: {@code no}, {@code always}, {@code unless-stopped} or
 *     {@code on-failure}
 * @param restarts by the engine itself, since the container was created
 * @param terminal whether it has a terminal: its output is then one stream without frames
 * @param networks by name
 */
public record ContainerDetails(
        String id,
        String name,
        String image,
        String imageId,
        State state,
        String restartPolicy,
        int restartMaximum,
        int restarts,
        boolean terminal,
        boolean autoRemove,
        String loggingDriver,
        String networkMode,
        Map<String, String> labels,
        List<MountPoint> mounts,
        Map<String, Endpoint> networks,
        List<ContainerSummary.PublishedPort> ports) {

    public ContainerDetails {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        mounts = List.copyOf(mounts);
        networks = Collections.unmodifiableMap(new TreeMap<>(networks));
        ports = List.copyOf(ports);
    }

    /**
     * Where the container is in its life.
     *
     * @param word as in {@link ContainerSummary#state}
     * @param pid of its main process on the machine, 0 while it does not run
     * @param error why the engine could not start it; may be empty
     * @param startedAt {@link Instant#EPOCH} when it never was
     * @param health empty without a health check
     */
    public record State(
            String word,
            boolean running,
            boolean paused,
            boolean restarting,
            boolean outOfMemory,
            long pid,
            int exitCode,
            String error,
            Instant startedAt,
            Instant finishedAt,
            Optional<Health> health) {

        /** Whether it was started at least once. */
        public boolean wasStarted() {
            return startedAt.isAfter(Instant.EPOCH);
        }
    }

    /**
     * What its health check says.
     *
     * @param failures in a row
     * @param output of the last check
     * @param log the last few checks that the engine keeps, oldest first
     */
    public record Health(Status status, int failures, String output, List<Check> log) {

        public Health {
            log = List.copyOf(log);
        }

        /**
         * One check that has ended.
         *
         * @param exitCode 0 for passed
         */
        public record Check(Instant start, Instant end, int exitCode) {}

        /** The engine's word for it. */
        public enum Status {
            STARTING,
            HEALTHY,
            UNHEALTHY
        }
    }

    /** A container's place in a network. */
    public record Endpoint(String address, String mac, List<String> aliases) {
        public Endpoint {
            aliases = List.copyOf(aliases);
        }
    }
}
