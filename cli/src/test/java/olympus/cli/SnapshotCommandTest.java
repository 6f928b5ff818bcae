package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code olympus snapshot save} leaves on the disk. */
final class SnapshotCommandTest {

    private static final String CONTENT = "OHSN and more";

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun save(Path file) {
        return CommandRun.of(server.environment(), folder, "snapshot", "save", file.toString());
    }

    private static Map<String, String> digestOf(String content) throws Exception {
        var hash =
                MessageDigest.getInstance("SHA-256")
                        .digest(content.getBytes(StandardCharsets.UTF_8));
        return Map.of("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":");
    }

    @Test
    void writesTheFileForItsOwnerOnlyAndReplacesAnOlderOne() throws Exception {
        server.on("GET /snapshot", 200, CONTENT, digestOf(CONTENT));
        var file = folder.resolve("store.snapshot");
        Files.writeString(file, "older");
        var run = save(file);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("saved " + file + ", 13 bytes");
        assertThat(file).hasContent(CONTENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("store.snapshot.partial")).doesNotExist();
    }

    @Test
    void keepsTheOlderFileWhenWhatCameIsNotWhatWasPromised() throws Exception {
        var file = folder.resolve("store.snapshot");
        Files.writeString(file, "older");
        server.on("GET /snapshot", 200, CONTENT, digestOf("something else"));
        assertThat(save(file).exitCode()).isEqualTo(1);
        server.on("GET /snapshot", 200, CONTENT, Map.of());
        assertThat(save(file).err()).contains("nothing checkable was sent");
        server.breaksOff("GET /snapshot", CONTENT);
        assertThat(save(file).exitCode()).isNotZero();
        server.on("GET /snapshot", 503, "{\"detail\":\"a snapshot is being saved already\"}");
        assertThat(save(file).err()).contains("a snapshot is being saved already");
        assertThat(file).hasContent("older");
        assertThat(folder.resolve("store.snapshot.partial")).doesNotExist();
    }
}
