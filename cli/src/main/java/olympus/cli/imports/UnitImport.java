package olympus.cli.imports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** systemd units as an {@code olympus.yaml}: watched, or with their processes as services. */
public final class UnitImport {

    private static final int MAX_FILE = 1 << 20;

    private final List<UnitFile> units;
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> serviceByUnit = new LinkedHashMap<>();

    private UnitImport(List<UnitFile> units) {
        this.units = units;
        var names = new ImportNames();
        for (var unit : units) {
            serviceByUnit.put(unit.name(), names.next(unit.name().replaceFirst("\\.service$", "")));
        }
    }

    /**
     * @param path a unit file, or a folder of them
     * @param stack the name for the stack
     * @param asProcess whether Olympus is to run what the units run, instead of watching them
     */
    public static Draft of(Path path, String stack, boolean asProcess) throws IOException {
        var skipped = new ArrayList<String>();
        var units = new ArrayList<UnitFile>();
        for (var file : files(path, skipped)) {
            units.add(read(file));
        }
        if (units.isEmpty()) {
            throw new ImportRefusal(
                    "there is no unit file in %s: expected NAME.service, or a folder with such files"
                            .formatted(path));
        }
        var made = new UnitImport(units);
        made.notes.addAll(skipped);
        return new Draft(
                Map.of("olympus.yaml", made.text(ImportNames.stack(stack), path, asProcess)),
                made.notes);
    }

    private static List<Path> files(Path path, List<String> skipped) throws IOException {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (!Files.isDirectory(path)) {
            throw new ImportRefusal("there is no file or folder " + path);
        }
        var files = new ArrayList<Path>();
        try (var entries = Files.list(path)) {
            for (var file : entries.sorted().toList()) {
                var name = String.valueOf(file.getFileName());
                if (!Files.isRegularFile(file)) {
                    continue;
                }
                if (name.endsWith(".service") && !name.contains("@")) {
                    files.add(file);
                } else if (name.endsWith(".timer")) {
                    skipped.add(name + ": schedules come with a later version of Olympus");
                } else if (name.matches(".*\\.(service|socket|path|mount|target|slice)")) {
                    skipped.add(
                            name.contains("@")
                                    ? name + ": a template is no unit; import its instances by name"
                                    : name + ": Olympus has no such thing; systemd keeps it");
                }
            }
        }
        return files;
    }

    private static UnitFile read(Path file) throws IOException {
        var texts = new ArrayList<UnitFile.Text>();
        texts.add(text(file, String.valueOf(file.getFileName())));
        var folder = file.resolveSibling(file.getFileName() + ".d");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> dropIns = Files.list(folder)) {
                for (var dropIn :
                        dropIns.filter(f -> f.toString().endsWith(".conf")).sorted().toList()) {
                    texts.add(
                            text(
                                    dropIn,
                                    "%s/%s".formatted(folder.getFileName(), dropIn.getFileName())));
                }
            }
        }
        return UnitFile.of(String.valueOf(file.getFileName()), texts);
    }

    private static UnitFile.Text text(Path file, String name) throws IOException {
        if (Files.size(file) > MAX_FILE) {
            throw new ImportRefusal(
                    "%s has %d bytes; a unit file has at most %d"
                            .formatted(file, Files.size(file), MAX_FILE));
        }
        return new UnitFile.Text(
                name, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }

    private String text(String stack, Path from, boolean asProcess) {
        var lines = new ArrayList<String>();
        lines.add(
                "# Written by: olympus import systemd %s%s"
                        .formatted(from, asProcess ? " --as-process" : ""));
        lines.add(
                "# Nothing was applied. Look at it, then: olympus validate, olympus plan, olympus apply.");
        if (asProcess) {
            lines.add(
                    "# Before Olympus runs a process of these, stop and disable its unit: two of one program are one too many.");
        }
        lines.add("name: " + stack);
        lines.add("mode: observe");
        lines.add("services:");
        for (var unit : units) {
            var service = String.valueOf(serviceByUnit.get(unit.name()));
            lines.add("  %s:".formatted(service));
            body(unit, asProcess).forEach(line -> lines.add("    " + line));
        }
        return String.join("\n", lines) + "\n";
    }

    private List<String> body(UnitFile unit, boolean asProcess) {
        if (!asProcess) {
            return watched(unit, Optional.empty());
        }
        var obstacle = UnitService.obstacle(unit);
        if (obstacle.isPresent()) {
            notes.add("%s: only watched: %s".formatted(unit.name(), obstacle.get()));
            return watched(unit, obstacle);
        }
        var lines = new UnitService(unit, serviceByUnit).lines();
        lines.stream()
                .filter(line -> line.startsWith("# not carried over: "))
                .map(line -> line.substring(2))
                .forEach(notes::add);
        return lines;
    }

    private static List<String> watched(UnitFile unit, Optional<String> why) {
        var lines = new ArrayList<String>();
        why.ifPresent(words -> lines.add(YamlWords.comment("only watched: " + words)));
        lines.add("unit: " + YamlWords.text(unit.name()));
        unit.last("Unit", "Description")
                .filter(description -> !description.value().contains("%"))
                .ifPresent(description ->
                        lines.add("description: " + YamlWords.text(description.value())));
        return lines;
    }
}
