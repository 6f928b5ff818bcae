package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceFoldersTest {

    private static final InstanceId ONE = InstanceId.parse("shop-web/db.1");
    private static final InstanceId OTHER = InstanceId.parse("shop/web-db.1");

    @TempDir Path folder;

    private final NodeId node = new NodeId(UUID.randomUUID());
    private final Path refuge =
            Path.of("/dev/shm", "olympus-" + Posix.effectiveUser() + "-" + node);
    private final InstanceFolders folders = new InstanceFolders(Path.of("/nonexistent"), node);

    @AfterEach
    void removeRefuge() {
        RunFolder.delete(refuge);
    }

    @Test
    void sharesNoPlaceInMemoryBetweenInstancesWhoseNamesReadAlike() {
        assertThat(folders.refugeRun(ONE, 1)).isNotEqualTo(folders.refugeRun(OTHER, 1));
    }

    @Test
    void findsARunOfAnEarlierAgentInMemoryAndOnlyForItsOwnInstance() {
        folders.prepareRefuge();
        var former = new RunFolder(refuge.resolve("shop-web-db.1/1"));
        former.create("token", folders.marker(ONE, 1), "boot");

        assertThat(folders.runs(ONE)).containsExactly(1L);
        assertThat(folders.run(ONE, 1)).isEqualTo(former);
        assertThat(folders.runs(OTHER)).isEmpty();
        folders.retire(OTHER);
        assertThat(former.path()).exists();
        folders.retire(ONE);
        assertThat(former.path()).doesNotExist();
    }

    @Test
    void freesANameAtOnceAndDeletesOnlyWhatWasThereThen() throws IOException {
        var own = new InstanceFolders(folder, new NodeId(UUID.randomUUID()));
        own.run(ONE, 1).create("old", "marker", "boot");
        own.retire(ONE);
        var toDelete = own.retired();
        own.run(ONE, 1).create("new", "marker", "boot");

        own.delete(toDelete);

        assertThat(own.run(ONE, 1).intent()).isPresent();
        assertThat(own.retired()).isEmpty();
        assertThat(own.instances()).isEqualTo(List.of(ONE));
        Files.createDirectories(folder.resolve(".retired/0"));
        assertThat(new InstanceFolders(folder, new NodeId(UUID.randomUUID())).retired()).hasSize(1);
    }
}
