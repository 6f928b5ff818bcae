package olympus.agent.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.model.state.NodeFacts;
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

    private MachineFacts() {}

    static NodeFacts find() {
        var system = new SystemInfo();
        var hardware = system.getHardware();
        var os = system.getOperatingSystem();
        return new NodeFacts(
                platform(os),
                processors(hardware),
                hardware.getMemory().getTotal(),
                disks(os.getFileSystem().getFileStores(true)),
                hardware.getNetworkIFs(false).stream()
                        .map(MachineFacts::network)
                        .flatMap(Optional::stream)
                        .sorted(Comparator.comparing(NodeFacts.Network::name))
                        .toList(),
                GpuFiles.ofMachine().find());
    }

    private static NodeFacts.Platform platform(OperatingSystem os) {
        var version = os.getVersionInfo();
        var codeName =
                Optional.ofNullable(version.getCodeName())
                        .filter(name -> !name.isBlank() && !name.equals("unknown"))
                        .map(name -> " (" + name + ")")
                        .orElse("");
        return new NodeFacts.Platform(
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT),
                architecture(System.getProperty("os.arch", "")),
                "%s %s%s"
                        .formatted(
                                os.getFamily(),
                                Optional.ofNullable(version.getVersion()).orElse(""),
                                codeName)
                        .strip(),
                System.getProperty("os.version", ""));
    }

    /** As OCI calls it. */
    private static String architecture(String java) {
        return switch (java) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> java;
        };
    }

    private static NodeFacts.Processors processors(HardwareAbstractionLayer hardware) {
        var processor = hardware.getProcessor();
        var celsius = hardware.getSensors().getCpuTemperature();
        return new NodeFacts.Processors(
                processor.getLogicalProcessorCount(),
                processor.getProcessorIdentifier().getName().strip(),
                // Without a sensor it is 0 or no number.
                celsius > 0 ? Optional.of((int) Math.round(celsius)) : Optional.empty());
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
