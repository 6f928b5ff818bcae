package olympus.foundation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableTest {

    @TempDir Path folder;

    @Test
    void replacesAFileWholeAndLeavesNothingBeside() throws IOException {
        var file = folder.resolve("file");
        Durable.replace(file, "first".getBytes(UTF_8));
        Durable.replace(file, "second".getBytes(UTF_8));
        Durable.replaceUnforced(file, "3".getBytes(UTF_8));
        assertThat(file).hasContent("3");
        assertThat(folder).isDirectoryContaining(file::equals);
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void aNewFileHasItsModeAlsoWhereAnEarlierAttemptLeftAnother() throws IOException {
        var file = folder.resolve("secret");
        var left =
                Files.writeString(folder.resolve("secret.new"), "left by a kill, longer than new");
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-rw-rw-"));
        Durable.replace(file, "new".getBytes(UTF_8), Durable.PRIVATE);
        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatCannotBePreparedLeavesTheOldFile() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "old");
        Files.createDirectories(folder.resolve("file.new").resolve("taken"));
        assertThatThrownBy(() -> Durable.replace(file, "new".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("old");
    }

    @Test
    void renamesAFolder() throws IOException {
        Files.createDirectories(folder.resolve("a").resolve("b"));
        Durable.rename(folder.resolve("a"), folder.resolve("c"));
        assertThat(folder.resolve("c").resolve("b")).isDirectory();
    }
}
