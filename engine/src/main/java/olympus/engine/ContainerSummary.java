package olympus.engine;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A container as a list shows it.
 *
 * @param name without a leading slash
 * @param image as it was asked for
 * @param state the engine's word: {@code created}, {@code running}, {@code paused}, {@code
 *     restarting}, {@code removing}, {@code exited}, {@code dead}
 * @param status in words, e.g. {@code Up 3 hours (unhealthy)}
 */
public record ContainerSummary(
        String id,
        String name,
        String image,
        String imageId,
        String state,
        String status,
        Instant created,
        Map<String, String> labels,
        List<PublishedPort> ports,
        List<String> networks,
        List<MountPoint> mounts) {

    public ContainerSummary {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        ports = List.copyOf(ports);
        networks = List.copyOf(networks);
        mounts = List.copyOf(mounts);
    }

    /**
     * A port of the machine that leads to a container.
     *
     * @param hostPort 0 when it is not published
     * @param protocol {@code tcp}, {@code udp} or {@code sctp}
     */
    public record PublishedPort(String hostAddress, int hostPort, int target, String protocol) {}
}
