package olympus.model.state;

import java.util.List;
import java.util.Optional;

/**
 * What a machine has, as its agent found it. Told when it connects and when it has changed; never
 * stored. Lists and texts are cut to their limits, whoever made them.
 *
 * @param memoryBytes that the kernel has
 * @param disks file systems on disks of the machine, each disk once
 * @param networks interfaces with addresses that others can reach
 */
public record NodeFacts(
        Platform platform,
        Processors processors,
        long memoryBytes,
        List<Disk> disks,
        List<Network> networks,
        List<Device> devices) {

    /** Disks, networks, devices, addresses of a network. */
    public static final int MOST = 64;

    /** Characters of a text. */
    public static final int LONGEST = 200;

    public NodeFacts {
        disks = disks.stream().limit(MOST).toList();
        networks = networks.stream().limit(MOST).toList();
        devices = devices.stream().limit(MOST).toList();
    }

    /**
     * @param os as Go and OCI call it, e.g. {@code linux}
     * @param architecture likewise, e.g. {@code amd64}
     * @param distribution e.g. {@code Debian GNU/Linux 13 (trixie)}
     * @param kernel its release
     */
    public record Platform(String os, String architecture, String distribution, String kernel) {
        public Platform {
            os = cut(os);
            architecture = cut(architecture);
            distribution = cut(distribution);
            kernel = cut(kernel);
        }
    }

    /**
     * @param count logical ones
     * @param celsius how warm they are, where a sensor tells
     */
    public record Processors(int count, String model, Optional<Integer> celsius) {
        public Processors {
            model = cut(model);
        }
    }

    public record Disk(String mount, String filesystem, long bytes, long freeBytes) {
        public Disk {
            mount = cut(mount);
            filesystem = cut(filesystem);
        }
    }

    public record Network(String name, List<String> addresses) {
        public Network {
            name = cut(name);
            addresses = addresses.stream().limit(MOST).map(NodeFacts::cut).toList();
        }
    }

    /**
     * @param kind {@link #GPU}
     * @param driver of the kernel, e.g. {@code nvidia}
     * @param path its file in {@code /dev}
     */
    public record Device(String kind, String driver, String model, String path) {
        public static final String GPU = "gpu";

        public Device {
            kind = cut(kind);
            driver = cut(driver);
            model = cut(model);
            path = cut(path);
        }
    }

    public int gpus() {
        return (int) devices.stream().filter(d -> d.kind().equals(Device.GPU)).count();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
