package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import olympus.engine.OwnDocker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types the tutorial's commands as they stand in the page, in a fresh home folder on a fresh
 * machine, and compares what is printed with what the page says.
 */
final class ComposeTutorialTest {

    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^```(sh|sh background|text)\\n(.*?)^```$");

    /** Commands that only look: a person would look again. */
    private static final Pattern LOOK = Pattern.compile("olympus (status|why|discover)\\b.*");

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /**
     * Commands, and the lines that are to be in their output: {@code …} stands for anything.
     *
     * @param stays for a terminal of its own
     */
    private record Block(String commands, boolean stays, List<String> printed) {}

    private static List<Block> blocks(String page) {
        var blocks = new ArrayList<Block>();
        var matcher = BLOCK.matcher(page);
        while (matcher.find()) {
            if (matcher.group(1).equals("text")) {
                var before = blocks.removeLast();
                blocks.add(
                        new Block(
                                before.commands(),
                                before.stays(),
                                matcher.group(2).lines().toList()));
            } else {
                blocks.add(
                        new Block(
                                matcher.group(2),
                                matcher.group(1).equals("sh background"),
                                List.of()));
            }
        }
        return blocks;
    }

    private static boolean isIn(String output, String line) {
        var pattern =
                Pattern.compile(
                        Pattern.quote(line.strip())
                                .replace("…", "\\E.*\\Q")
                                .replace(" \\E", "\\E"));
        return output.lines().anyMatch(printed -> pattern.matcher(printed).find());
    }

    private Process type(TestMachine machine, String commands, Path output) throws IOException {
        var words = new ArrayList<>(machine.entry());
        words.addAll(List.of("bash", "-euo", "pipefail", "-c", "cd; " + commands));
        var builder =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OLYMPUS_"));
        builder.environment().remove("DOCKER_HOST");
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("XDG_DATA_HOME", folder.resolve("home/.local/share").toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        return builder.start();
    }

    private String typed(TestMachine machine, Block block) throws Exception {
        var output = folder.resolve("typed.txt");
        var process = type(machine, block.commands(), output);
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s ends", block.commands())
                .isTrue();
        var printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(block.commands() + "\n" + printed).isZero();
        return printed;
    }

    private void follow(TestMachine machine, Block block) throws Exception {
        var mayRepeat = block.commands().lines().allMatch(line -> LOOK.matcher(line).matches());
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var output = typed(machine, block);
            var missing = block.printed().stream().filter(line -> !isIn(output, line)).toList();
            if (missing.isEmpty()) {
                return;
            }
            if (!mayRepeat || System.nanoTime() > end) {
                throw new AssertionError(
                        "%s does not print %s but:%n%s"
                                .formatted(block.commands(), missing, output));
            }
        }
    }

    @Test
    void doesWhatThePageSaysWithTheCommandsOfThePage() throws Exception {
        var page = Files.readString(Installation.root().resolve("docs/tutorial-compose.md"));
        var blocks = blocks(page);
        assertThat(blocks).hasSizeGreaterThan(10);
        Files.createDirectories(folder.resolve("home"));
        Files.createSymbolicLink(
                Files.createDirectories(folder.resolve("bin")).resolve("olympus"),
                Path.of(Installation.launcher()));
        try (var machine = new TestMachine(folder);
                var docker = new OwnDocker(machine.entry(), List.of("--ip-forward=false"))) {
            machine.shell(
                    "ln -s %s /run/docker.sock".formatted(docker.address().socket().orElseThrow()));
            var actors = new Actors(docker, folder);
            for (var image :
                    List.of("nginx:1.27-alpine", "nginx:1.28-alpine", "postgres:16-alpine")) {
                actors.provide(image);
            }
            follow(machine, blocks);
        }
    }

    private void follow(TestMachine machine, List<Block> blocks) throws Exception {
        var background = new ArrayList<Process>();
        try {
            for (var block : blocks) {
                if (block.stays()) {
                    var output = folder.resolve("background.txt");
                    background.add(type(machine, block.commands(), output));
                    Eventually.becomes(
                            Installation.START_DEADLINE,
                            () -> "ready: " + ComposeMachine.read(output),
                            () -> ComposeMachine.read(output).contains("ready in "));
                } else {
                    follow(machine, block);
                }
            }
        } finally {
            // The shell becomes its last command, or is its parent.
            for (var process : background) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            }
            for (var process : background) {
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        }
    }
}
