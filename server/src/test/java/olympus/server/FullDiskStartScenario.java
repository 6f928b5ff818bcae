package olympus.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import olympus.foundation.Clock;
import olympus.server.config.ServerConfiguration;

/** What {@link FullDiskStartTest} runs; prints a line per step that went well. */
final class FullDiskStartScenario {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path disk;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ConcurrentLinkedQueue<String> bugs = new ConcurrentLinkedQueue<>();

    private FullDiskStartScenario(Path disk) {
        this.disk = disk;
    }

    public static void main(String[] arguments) throws Exception {
        new FullDiskStartScenario(Path.of(arguments[0])).run();
        System.out.println("done");
        System.exit(0);
    }

    private void run() throws Exception {
        var beats = disk.resolve("beats");
        var first = stack("first", "while true; do touch %s; sleep 0.1; done".formatted(beats));
        var second = stack("second", "touch %s; sleep 600".formatted(disk.resolve("second-ran")));
        var up = start(List.of(first));
        eventually("the first service runs", () -> Files.exists(beats));
        up.close();
        var filler = disk.resolve("filler");
        fill(filler);
        out.reset();

        up = start(List.of(second));

        expect(text(out).contains("degraded: ") && !text(out).contains("ready in"), "degraded");
        Files.delete(beats);
        eventually("the first service is still there", () -> Files.exists(beats));
        System.out.println("supervised on a full disk");

        Files.delete(filler);
        eventually("ready", () -> text(out).contains("ready in"));
        eventually("the stack given to the start runs", () -> exists("second-ran"));
        var address = text(out).replaceAll("(?s).*(https://[^ ]+).*", "$1");
        eventually(
                "the address is written",
                () -> Files.readString(disk.resolve("data/endpoint.json")).contains(address));
        System.out.println("all came up by itself");
        up.stopServicesIfWanted();
        up.close();
        expect(bugs.isEmpty(), "no bugs, but " + bugs);
    }

    private boolean exists(String name) {
        return Files.exists(disk.resolve(name));
    }

    private Path stack(String name, String script) throws IOException {
        var folder = Files.createDirectories(disk.resolve("stacks").resolve(name));
        Files.writeString(
                folder.resolve("olympus.yaml"),
                "services: { it: { process: { command: [sh, -c, \"%s\"] } } }".formatted(script));
        return folder;
    }

    private UpComposition start(List<Path> stacks) throws IOException {
        var clock = Clock.system();
        var terminal =
                new UpOptions.Terminal(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        clock,
                        clock.monotonicNanos());
        var configuration =
                ServerConfiguration.read(
                        Optional.empty(),
                        Map.of(),
                        Map.of("http.listen", "127.0.0.1:0", "http.deadline", "5s"));
        return UpComposition.start(
                new UpOptions(
                        "up --stack", disk.resolve("data"), configuration, stacks, true, terminal),
                (thread, cause) -> bugs.add(thread + ": " + cause));
    }

    /** Another program takes all the room there is. */
    private static void fill(Path file) throws IOException {
        var block = new byte[4 << 10];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            expect(String.valueOf(full.getMessage()).contains("space"), full.toString());
        }
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(UTF_8);
    }

    private void eventually(String what, Callable<Boolean> condition) throws Exception {
        var end = System.nanoTime() + SOON.toNanos();
        while (!condition.call()) {
            expect(
                    System.nanoTime() < end,
                    "%s%nout: %s%nerr: %s".formatted(what, text(out), text(err)));
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            System.out.println("expected: " + what);
            System.out.flush();
            Runtime.getRuntime().halt(2);
        }
    }
}
