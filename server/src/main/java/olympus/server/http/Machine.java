package olympus.server.http;

import java.util.List;
import java.util.Optional;
import olympus.model.state.NodeFacts;
import olympus.zeus.ClusterView;

/** What a node has, as its agent has told, and what of it is reserved: part of an answer. */
record Machine(
        MachinePlatform platform,
        MachineProcessors processors,
        MachineMemory memory,
        List<MachineDisk> disks,
        List<MachineNetwork> networks,
        List<MachineDevice> devices,
        long gpusReserved) {

    static Machine of(ClusterView.Resources resources) {
        var facts = resources.facts();
        var reserved = resources.reserved();
        return new Machine(
                MachinePlatform.of(facts.platform()),
                MachineProcessors.of(facts.processors(), reserved),
                new MachineMemory(
                        facts.memoryBytes(), resources.memoryBytes(), reserved.memoryBytes()),
                facts.disks().stream().map(MachineDisk::of).toList(),
                facts.networks().stream()
                        .map(one -> new MachineNetwork(one.name(), one.addresses()))
                        .toList(),
                facts.devices().stream().map(MachineDevice::of).toList(),
                reserved.gpus());
    }

    record MachinePlatform(String os, String architecture, String distribution, String kernel) {
        static MachinePlatform of(NodeFacts.Platform platform) {
            return new MachinePlatform(
                    platform.os(),
                    platform.architecture(),
                    platform.distribution(),
                    platform.kernel());
        }
    }

    record MachineProcessors(int count, String model, Optional<Integer> celsius, double reserved) {
        static MachineProcessors of(
                NodeFacts.Processors processors, ClusterView.Reserved reserved) {
            return new MachineProcessors(
                    processors.count(),
                    processors.model(),
                    processors.celsius(),
                    reserved.milliCpus() / 1_000.0);
        }
    }

    record MachineMemory(long bytes, long forInstances, long reserved) {}

    record MachineDisk(String mount, String filesystem, long bytes, long free) {
        static MachineDisk of(NodeFacts.Disk disk) {
            return new MachineDisk(disk.mount(), disk.filesystem(), disk.bytes(), disk.freeBytes());
        }
    }

    record MachineNetwork(String name, List<String> addresses) {}

    record MachineDevice(String kind, String driver, String model, String path) {
        static MachineDevice of(NodeFacts.Device device) {
            return new MachineDevice(device.kind(), device.driver(), device.model(), device.path());
        }
    }
}
