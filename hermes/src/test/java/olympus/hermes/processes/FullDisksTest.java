package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One member's disk is full (a small file system of its own): that is its trouble alone. A follower
 * changes nothing for the others; a leader has another lead; and each takes part again when there
 * is space.
 */
final class FullDisksTest {

    private static final int DISK_MIB = 64;
    private static final long RESERVE = 16 << 20;

    /** Leaves some megabytes: less than the reserve, and enough to go on following for a while. */
    private static final long LEFT = 10 << 20;

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir private Path folder = Path.of(".");
    private final List<Path> mounted = new ArrayList<>();

    @AfterEach
    void unmount() throws Exception {
        for (var disk : mounted) {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void theDiskOfOneIsItsTroubleAlone() throws Exception {
        for (var name : NAMES) {
            mount(name);
        }
        try (var group =
                new MemberGroup(
                        folder,
                        plain ->
                                plain.within(DEADLINE)
                                        .in(disk(plain.name()).resolve("hermes"), RESERVE))) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.pinned(2, 7).watching();
                clients.awaitMore(20);

                var follower = group.without(group.awaitLeader()).getFirst();
                fill(follower);
                clients.awaitMore(60);
                assertThat(group.member(follower).await("put works 1")).startsWith("done");
                var before = group.awaitLeader();
                // Nothing of the engine's own knows of the disk: it leads for a moment.
                assertThat(group.member(before).await("transfer " + follower))
                        .isEqualTo("transferred");
                Eventually.holds(
                        "the full one does not keep the lead",
                        () -> group.without(follower).contains(group.leader()));
                clients.awaitMore(30);
                empty(follower);

                var leader = group.awaitLeader();
                fill(leader);
                Eventually.holds(
                        "another leads than " + leader,
                        () -> group.without(leader).contains(group.leader()));
                assertThat(group.member(leader).await("put works 2"))
                        .as("through the one without space")
                        .startsWith("done");
                clients.awaitMore(60);
                empty(leader);

                var present = group.awaitLeader();
                Eventually.holds(
                        "the one that was full can lead again",
                        () ->
                                group.member(present)
                                        .await("transfer " + leader)
                                        .equals("transferred"));
                clients.awaitMore(30);
                clients.endAndCheck();
            }
        }
    }

    private Path disk(String name) {
        return folder.resolve("disk-" + name);
    }

    private void mount(String name) throws Exception {
        var disk = Files.createDirectories(disk(name));
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString());
        mounted.add(disk);
    }

    private void fill(String name) throws IOException {
        var disk = disk(name);
        try (var file = new RandomAccessFile(disk.resolve("filler").toFile(), "rw")) {
            var chunk = new byte[64 << 10];
            while (Files.getFileStore(disk).getUsableSpace() > LEFT) {
                file.write(chunk);
            }
        }
    }

    private void empty(String name) throws IOException {
        Files.delete(disk(name).resolve("filler"));
    }

    private static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", List.of(command), said).isZero();
    }
}
