package olympus.cli.imports;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.Problem;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackFolder;
import olympus.model.stack.Workload;

/**
 * The {@code olympus.yaml} to stand beside a Compose file that stays as it is: mode observe, every
 * service named, with the keys that Compose has no word for as comments.
 */
public final class ComposeImport {

    private ComposeImport() {}

    /**
     * @param path a Compose folder, or a Compose file in it
     * @param environment for the variables in the Compose file
     */
    public static Draft of(Path path, Map<String, String> environment) {
        var folder = folder(path);
        if (Files.exists(folder.resolve(StackFolder.FILE))) {
            throw new ImportRefusal(
                    "%s has an %s already: olympus validate %s reads both"
                            .formatted(folder, StackFolder.FILE, folder));
        }
        return switch (StackFolder.load(folder, environment)) {
            case StackFolder.Outcome.Loaded good ->
                    draft(folder, good.definition(), List.of(), good.warnings());
            case StackFolder.Outcome.Invalid bad ->
                    draft(
                            folder,
                            bad.rest()
                                    .map(StackFolder.Outcome.Loaded::definition)
                                    .orElseThrow(() -> unreadable(folder, bad)),
                            bad.problems(),
                            bad.warnings());
        };
    }

    private static Path folder(Path path) {
        if (!Files.exists(path)) {
            throw new ImportRefusal("there is no file or folder " + path);
        }
        var folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
        if (folder == null || !StackFolder.isStack(folder)) {
            throw new ImportRefusal(
                    "there is no Compose file in %s: expected compose.yaml or docker-compose.yml"
                            .formatted(path));
        }
        return folder.toAbsolutePath().normalize();
    }

    private static ImportRefusal unreadable(Path folder, StackFolder.Outcome.Invalid bad) {
        return new ImportRefusal(
                "the Compose file in %s cannot be read:\n%s".formatted(folder, bad.text()));
    }

    private static Draft draft(
            Path folder, StackDefinition stack, List<Problem> refused, List<Problem> warnings) {
        var notes = new ArrayList<String>();
        refused.forEach(problem -> notes.add("cannot be managed yet: " + problem));
        warnings.forEach(problem -> notes.add(problem.toString()));
        var lines = new ArrayList<String>();
        lines.add("# Written by: olympus import compose " + folder);
        lines.add(
                "# Nothing was applied. This file belongs beside the Compose file in that folder, which stays as it is.");
        lines.add(
                "# Take away a # to set a key that Compose has no word for; docs/reference/olympus-yaml.md has them all.");
        notes.forEach(note -> lines.add(YamlWords.comment(note)));
        lines.add("mode: observe");
        if (!stack.services().isEmpty()) {
            lines.add("services:");
        }
        for (var service : stack.services().values()) {
            lines.add("  %s:".formatted(service.name()));
            lines.add("    labels: {}");
            knobs(service).forEach(knob -> lines.add("    # " + knob));
        }
        return new Draft(Map.of(StackFolder.FILE, String.join("\n", lines) + "\n"), notes);
    }

    /** Data on this machine cannot move; recovery restarts also what Compose would leave down. */
    private static List<String> knobs(ServiceDefinition service) {
        var knobs = new ArrayList<String>();
        knobs.add("owner: you");
        knobs.add("runbook: notes/%s.md".formatted(service.name()));
        port(service)
                .ifPresent(port ->
                        knobs.add(
                                "probe: { tcp: \":%d\", interval: 10s, retries: 3 }"
                                        .formatted(port)));
        knobs.add(
                "recovery: { attempts: 3, within: 2m, then: %s }"
                        .formatted(holdsData(service) ? "report" : "move"));
        return knobs;
    }

    private static Optional<Integer> port(ServiceDefinition service) {
        return service.ports().stream().map(port -> port.first()).findFirst();
    }

    private static boolean holdsData(ServiceDefinition service) {
        return service.workload() instanceof Workload.Container container
                && !container.mounts().isEmpty();
    }
}
