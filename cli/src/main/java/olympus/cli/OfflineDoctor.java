package olympus.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.cli.MachineChecks.Finding;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code olympus doctor} says when no server answers: why, who holds the data folder, what the
 * machine lacks, and whether the store's files are whole. These are read by the server's program,
 * started through the launcher.
 *
 * @param launcher the {@code olympus} command; empty where the installation does not tell it
 */
record OfflineDoctor(MachineChecks machine, Optional<Path> launcher) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A store of many gigabytes is read at the speed of the disk. */
    private static final Duration VERIFY_DEADLINE = Duration.ofMinutes(5);

    private static final int MAX_REPORT = 16 << 20;

    /** The launcher of the installation that this process runs from. */
    static Optional<Path> ownLauncher() {
        return Installation.own()
                .home()
                .map(home -> home.resolve("olympus"))
                .filter(Files::isExecutable);
    }

    /**
     * @param unreachable why no server answers
     */
    List<Finding> examine(String unreachable) {
        var holder = machine.holder();
        var found = new ArrayList<Finding>();
        found.add(
                Finding.failed(
                        "server",
                        "not reachable: " + unreachable,
                        holder.isEmpty()
                                ? Installation.own().startCommand(machine.dataFolder()).orElse("")
                                : ""));
        found.add(
                holder.map(pid ->
                                Finding.warning(
                                        "process",
                                        "pid %s holds the data folder, yet it does not answer"
                                                .formatted(pid),
                                        "look into %s"
                                                .formatted(machine.dataFolder().resolve("logs"))))
                        .orElseGet(() ->
                                Finding.ok(
                                        "process", "none holds the data folder: no server runs")));
        found.addAll(machine.examine());
        found.add(store(holder));
        return List.copyOf(found);
    }

    private Finding store(Optional<String> holder) {
        var command = "olympus store verify --data-dir " + machine.dataFolder();
        if (!Files.isDirectory(machine.dataFolder().resolve("hermes"))) {
            return Finding.ok("store", "there is none yet under " + machine.dataFolder());
        }
        if (holder.isPresent()) {
            return Finding.warning(
                    "store", "not read: pid %s has it open".formatted(holder.get()), "");
        }
        if (launcher.isEmpty()) {
            return Finding.warning("store", "not read: there is no launcher to ask", command);
        }
        try {
            return judge(verify(launcher.get()), command);
        } catch (IOException | JacksonException e) {
            return Finding.warning("store", "not read: " + e.getMessage(), command);
        }
    }

    private JsonNode verify(Path command) throws IOException {
        var folder = machine.dataFolder().toString();
        var process =
                new ProcessBuilder(
                                command.toString(),
                                "store",
                                "verify",
                                "-o",
                                "json",
                                "--data-dir",
                                folder)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (var out = process.getInputStream()) {
            var report = new String(out.readNBytes(MAX_REPORT), StandardCharsets.UTF_8);
            if (!process.waitFor(VERIFY_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("verifying took longer than " + VERIFY_DEADLINE);
            }
            return JSON.readTree(report);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Finding judge(JsonNode report, String command) {
        if (report.path("good").asBoolean(false)) {
            return Finding.ok(
                    "store",
                    "every file is whole, entries up to %d"
                            .formatted(report.path("lastIndex").asLong()));
        }
        var problem = report.path("problems").path(0);
        return Finding.failed(
                "store",
                "%s: %s"
                        .formatted(
                                problem.path("file").asString("its files"),
                                problem.path("what").asString("not readable")),
                problem.path("remedy").asString(command));
    }
}
