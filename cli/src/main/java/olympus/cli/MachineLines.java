package olympus.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What a node has, line by line, for people. */
final class MachineLines {

    private MachineLines() {}

    /**
     * @param machine member of the API's answer; none while the node has told nothing
     */
    static List<String> of(JsonNode machine) {
        if (!machine.isObject()) {
            return List.of("machine:   it has not told what it has");
        }
        var lines = new ArrayList<String>();
        var platform = machine.path("platform");
        lines.add(
                "machine:   %s/%s, %s, kernel %s"
                        .formatted(
                                text(platform, "os"),
                                text(platform, "architecture"),
                                text(platform, "distribution"),
                                text(platform, "kernel")));
        lines.add(processors(machine.path("processors")));
        lines.add(memory(machine.path("memory")));
        for (var disk : machine.path("disks")) {
            lines.add(
                    "disk:      %s %s, %s of %s free"
                            .formatted(
                                    text(disk, "mount"),
                                    text(disk, "filesystem"),
                                    Bytes.text(disk.path("free")),
                                    Bytes.text(disk.path("bytes"))));
        }
        for (var network : machine.path("networks")) {
            lines.add(
                    "network:   %s %s"
                            .formatted(
                                    text(network, "name"),
                                    network.path("addresses")
                                            .valueStream()
                                            .map(JsonNode::asString)
                                            .collect(Collectors.joining(", "))));
        }
        for (var device : machine.path("devices")) {
            lines.add(device(device));
        }
        if (machine.path("gpusReserved").asLong(0) > 0) {
            lines.add("reserved:  %d of the GPUs".formatted(machine.path("gpusReserved").asLong()));
        }
        return lines;
    }

    private static String processors(JsonNode processors) {
        var celsius = processors.path("celsius");
        return "processor: %d × %s%s; %s reserved"
                .formatted(
                        processors.path("count").asInt(),
                        text(processors, "model"),
                        celsius.isNumber() ? ", %d °C".formatted(celsius.asInt()) : "",
                        plain(processors.path("reserved").asDouble(0)));
    }

    private static String plain(double number) {
        return number == 0 ? "0" : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private static String memory(JsonNode memory) {
        return "memory:    %s, %s of it for instances; %s reserved"
                .formatted(
                        Bytes.text(memory.path("bytes")),
                        Bytes.text(memory.path("forInstances")),
                        Bytes.text(memory.path("reserved")));
    }

    private static String device(JsonNode device) {
        var about =
                List.of(text(device, "driver"), text(device, "model")).stream()
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(", "));
        return "%-11s%s%s"
                .formatted(
                        text(device, "kind") + ":",
                        text(device, "path"),
                        about.isEmpty() ? "" : " (" + about + ")");
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).asString("");
    }
}
