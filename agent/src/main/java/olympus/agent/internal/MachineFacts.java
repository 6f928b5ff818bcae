package olympus.agent.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import olympus.model.state.NodeFacts;
import oshi.hardware.CentralProcessor;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.nativefree.SystemInfo;
import oshi.software.os.OSFileStore;
import oshi.software.os.OperatingSystem;

/**
 * Finds out what this machine has. Reads {@code /proc} and {@code /sys} only, loads no native code;
 * nothing of it is kept. May block for as long as the kernel does.
 */
final class MachineFacts {

    /** What could not be read, in words. */
    private final List<String> unread = new ArrayList<>();

    /**
     * What one look found.
     *
     * @param problem what could not be read, as a sentence
     */
    record Look(NodeFacts facts, Optional<String> problem) {}

    /** Fails when processors or memory cannot be read: without these it is not known what fits. */
    static Look find() {
        var look = new MachineFacts();
        var facts = look.facts(new SystemInfo());
        return new Look(facts, look.problem());
    }

    private NodeFacts facts(SystemInfo system) {
        var hardware = system.getHardware();
        var os = system.getOperatingSystem();
        return new NodeFacts(
                platform(part("the distribution", "", () -> distribution(os))),
                processors(hardware.getProcessor(), celsius(hardware)),
                hardware.getMemory().getTotal(),
                part("disks", List.of(), () -> disks(os.getFileSystem().getFileStores(true))),
                part("networks", List.of(), () -> networks(hardware)),
                part("GPUs", List.of(), () -> GpuFiles.ofMachine().find()));
    }

    /**
     * What {@code read} finds; {@code otherwise} where it fails, so that one odd file of the kernel
     * does not hide the rest of the machine.
     */
    <T> T part(String what, T otherwise, Supplier<T> read) {
        try {
            return read.get();
        } catch (RuntimeException | LinkageError e) {
            unread.add("%s (%s)".formatted(what, e));
            return otherwise;
        }
    }

    Optional<String> problem() {
        return unread.isEmpty()
                ? Optional.empty()
                : Optional.of("of this machine could not be read: " + String.join(", ", unread));
    }

    private static NodeFacts.Platform platform(String distribution) {
        return new NodeFacts.Platform(
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT),
                architecture(System.getProperty("os.arch", "")),
                distribution,
                System.getProperty("os.version", ""));
    }

    private static String distribution(OperatingSystem os) {
        var version = os.getVersionInfo();
        var codeName =
                Optional.ofNullable(version.getCodeName())
                        .filter(name -> !name.isBlank() && !name.equals("unknown"))
                        .map(name -> " (" + name + ")")
                        .orElse("");
        return "%s %s%s"
                .formatted(
                        os.getFamily(),
                        Optional.ofNullable(version.getVersion()).orElse(""),
                        codeName)
                .strip();
    }

    /** As OCI calls it. */
    private static String architecture(String java) {
        return switch (java) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> java;
        };
    }

    private static NodeFacts.Processors processors(
            CentralProcessor processor, Optional<Integer> celsius) {
        return new NodeFacts.Processors(
                processor.getLogicalProcessorCount(),
                processor.getProcessorIdentifier().getName().strip(),
                celsius);
    }

    private Optional<Integer> celsius(HardwareAbstractionLayer hardware) {
        // Without a sensor it is 0 or no number.
        return part(
                "the temperature",
                Optional.empty(),
                () ->
                        Optional.of(hardware.getSensors().getCpuTemperature())
                                .filter(celsius -> celsius > 0)
                                .map(celsius -> (int) Math.round(celsius)));
    }

    /** A disk that is mounted at several places counts where its path is the shortest. */
    private static List<NodeFacts.Disk> disks(List<OSFileStore> stores) {
        var volumes = new HashSet<String>();
        return stores.stream()
                .filter(store -> store.getVolume().startsWith("/dev/"))
                .sorted(
                        Comparator.comparingInt((OSFileStore store) -> store.getMount().length())
                                .thenComparing(OSFileStore::getMount))
                .filter(store -> volumes.add(store.getVolume()))
                .map(store ->
                        new NodeFacts.Disk(
                                store.getMount(),
                                store.getType(),
                                store.getTotalSpace(),
                                store.getUsableSpace()))
                .toList();
    }

    private static List<NodeFacts.Network> networks(HardwareAbstractionLayer hardware) {
        return hardware.getNetworkIFs(false).stream()
                .map(MachineFacts::network)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(NodeFacts.Network::name))
                .toList();
    }

    /** Empty where it has no address but those of its own link. */
    private static Optional<NodeFacts.Network> network(NetworkIF network) {
        var addresses = new ArrayList<String>();
        Stream.concat(
                        Stream.of(network.getIPv4addr()),
                        Stream.of(network.getIPv6addr())
                                .filter(address -> !address.startsWith("fe80:")))
                .forEach(addresses::add);
        return addresses.isEmpty()
                ? Optional.empty()
                : Optional.of(new NodeFacts.Network(network.getName(), addresses));
    }
}
