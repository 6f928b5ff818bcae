package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The whole product on a disk that is filled by another program: a process of its own, because the
 * disk exists only in its mount namespace. Says {@code done} at the end.
 */
final class FullDiskScenario {

    private final Installation olympus;

    private FullDiskScenario(Installation olympus) {
        this.olympus = olympus;
    }

    public static void main(String[] arguments) throws IOException {
        try (var olympus = Installation.in(Path.of(arguments[0]))) {
            new FullDiskScenario(olympus).run();
        }
        System.out.println("done");
        System.exit(0);
    }

    private void run() throws IOException {
        olympus.up();
        olympus.apply(DataFolderTest.stack(olympus, 1));
        var pid = olympus.awaitRunning("shop/web.1");
        var ballast = olympus.data().resolve("ballast");
        fill(ballast);
        writesAreRefused();
        Processes.kill(pid, "KILL");
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "restarted on a full disk: " + olympus.olympus("status").out(),
                () -> {
                    var now = olympus.instance("shop/web.1").path("pid").asLong(0);
                    return now != 0 && now != pid && Processes.isAlive(now);
                });
        System.out.println("restarted on a full disk");

        Files.delete(ballast);
        Eventually.becomes(
                Duration.ofSeconds(60), () -> "applies work again", () -> apply(3).exitCode() == 0);
        olympus.killHard();
        olympus.up();
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "the last revision runs",
                () -> Processes.commandLine(olympus.awaitRunning("shop/web.1")).contains("70003"));
        System.out.println("applies again");
    }

    private void writesAreRefused() {
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> "an apply is refused",
                () -> apply(2).exitCode() != 0);
        assertThat(apply(2).err()).contains("the disk of").contains("0 MiB free");
        assertThat(olympus.olympus("status").err()).contains("the store refuses writes");
        System.out.println("refused on a full disk");
    }

    private Installation.Run apply(int number) {
        return olympus.olympus("apply", DataFolderTest.stack(olympus, number).toString());
    }

    private static void fill(Path file) throws IOException {
        var block = new byte[64 << 10];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full.getMessage()).contains("space");
        }
    }
}
