package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderLockTest {

    @TempDir Path folder;

    @Test
    void refusesASecondOpenerOfTheSameProcessByPid() throws IOException {
        try (var lock = FolderLock.acquire(folder)) {
            var pid = Long.toString(ProcessHandle.current().pid());
            assertThatThrownBy(() -> FolderLock.acquire(folder))
                    .hasMessageContaining("in use by process " + pid);
            assertThatThrownBy(() -> FolderLock.acquire(folder)).hasMessageContaining(pid);
        }
        FolderLock.acquire(folder).close();
    }

    @Test
    void refusesAnotherProcessAndNamesTheHolder() throws Exception {
        try (var lock = FolderLock.acquire(folder)) {
            assertThat(tryInAnotherProcess())
                    .contains("in use by process " + ProcessHandle.current().pid());
        }
        assertThat(tryInAnotherProcess()).contains("acquired");
    }

    @Test
    void leavesNoPidBehindAnOrderlyClose() throws IOException {
        FolderLock.acquire(folder).close();
        assertThat(folder.resolve("lock")).isEmptyFile();
    }

    @Test
    void createsTheFolder() throws IOException {
        try (var lock = FolderLock.acquire(folder.resolve("new/data"))) {
            assertThat(Files.exists(folder.resolve("new/data/lock"))).isTrue();
        }
    }

    private String tryInAnotherProcess() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                List.of(
                                        java,
                                        "-cp",
                                        System.getProperty(
                                                "surefire.test.class.path",
                                                System.getProperty("java.class.path")),
                                        Opener.class.getName(),
                                        folder.toString()))
                        .redirectErrorStream(true)
                        .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    /** Another process that tries to lock the folder. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) throws IOException {
            try (var lock = FolderLock.acquire(Path.of(arguments[0]))) {
                System.out.println("acquired");
            } catch (OlympusException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
