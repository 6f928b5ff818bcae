package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import olympus.agent.Eventually;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shim script by itself. */
class ShimTest {

    @TempDir Path folder;

    private InstanceFolders folders;
    private RunFolder run;

    @BeforeEach
    void prepare() {
        folders = new InstanceFolders(folder, new NodeId(UUID.randomUUID()));
        folders.prepare();
        run = folders.run(InstanceId.parse("first/web.1"), 1);
        run.create("token", "marker", "boot");
    }

    @Test
    void writesTheExitCodeOfItsCommand() throws IOException, InterruptedException {
        keep("/bin/sh", "-c", "exit 5");

        assertThat(run.status()).contains(5);
        assertThat(run.child()).isInstanceOf(RunFolder.Claim.Held.class);
    }

    @Test
    void writesNothingItselfWhereACommandThatIsKilledWrote()
            throws IOException, InterruptedException {
        keep("/bin/sh", "-c", "echo last >&2; kill -KILL $$");

        assertThat(run.status()).contains(137);
        assertThat(run.stderr()).hasContent("last");
        assertThat(run.stdout()).isEmptyFile();
    }

    @Test
    void startsNothingWhenARecoveringAgentHasTakenTheRun()
            throws IOException, InterruptedException {
        assertThat(run.claim()).isTrue();

        keep("touch", folder.resolve("must-not-be").toString());

        assertThat(folder.resolve("must-not-be")).doesNotExist();
        assertThat(run.status()).contains(112);
    }

    @Test
    void onlyOneOfTwoShimsStartsTheCommand() throws IOException, InterruptedException {
        var command = new String[] {"/bin/sh", "-c", "echo began >> " + folder.resolve("began")};
        var first = begin(command);
        var second = begin(command);
        first.waitFor();
        second.waitFor();

        assertThat(folder.resolve("began")).hasContent("began");
    }

    @Test
    // Above 31 are the C library's own.
    void leavesSignalsToTheCommandAsTheyWere() throws IOException, InterruptedException {
        keep("grep", "^SigIgn", "/proc/self/status");
        var direct = new ProcessBuilder("grep", "^SigIgn", "/proc/self/status").start();

        assertThat(Files.readString(run.stdout()))
                .isNotBlank()
                .isEqualTo(
                        new String(direct.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void readsDamagedFilesAsUnknown() throws IOException {
        Files.writeString(run.path().resolve("child"), "12 ");
        Files.writeString(run.path().resolve("status"), "nonsense\n");

        assertThat(run.child()).isInstanceOf(RunFolder.Claim.Unreadable.class);
        assertThat(run.status()).isEmpty();
        Eventually.check(() -> assertThat(run.intent()).isPresent());
    }

    private void keep(String... command) throws IOException, InterruptedException {
        begin(command).waitFor();
    }

    private Process begin(String... command) throws IOException {
        var words =
                new java.util.ArrayList<>(
                        List.of(
                                "/bin/sh",
                                folders.shim().toString(),
                                "hold",
                                run.path().toString(),
                                "/",
                                ""));
        words.addAll(List.of(command));
        return new ProcessBuilder(words).inheritIO().start();
    }
}
