package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent's own files may look like after a power failure or on a failing disk. */
class DamagedFilesTest {

    private static final NodeId NODE = new NodeId(new UUID(0, 1));

    @TempDir Path folder;

    @Test
    void readsEventsThatAreCutAtAnyByte() throws IOException {
        var whole = new EventJournal(folder);
        whole.load();
        for (var n = 0; n < 3; n++) {
            whole.add(Instant.EPOCH, Optional.empty(), "geprüft", "größer", "日本");
        }
        var events = whole.pending();
        var file = folder.resolve("events.json");
        var bytes = Files.readAllBytes(file);
        for (var length = 0; length <= bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            var journal = new EventJournal(folder);
            journal.load();

            var kept = journal.pending();
            assertThat(kept).as("cut at %d", length).isEqualTo(events.subList(0, kept.size()));
            var next = journal.add(Instant.EPOCH, Optional.empty(), "start", "", "");
            assertThat(next.sequence()).isGreaterThan(events.getLast().sequence());
        }
    }

    @Test
    void countsDamagedLinesOfEventsAndNumbersOnAboveThem() throws IOException {
        Files.writeString(
                folder.resolve("events.json"), "{\"sequence\":99999999999999999999}\nnonsense\n");
        var journal = new EventJournal(folder);
        journal.load();

        assertThat(journal.problems()).singleElement().asString().contains("2 lines of");
        assertThat(journal.add(Instant.EPOCH, Optional.empty(), "start", "", ""))
                .extracting(AgentEvent::sequence)
                .satisfies(sequence -> assertThat(sequence).isGreaterThan(1_000_000_000_000L));
    }

    @Test
    void tellsThatTheDiskRefusesEvents() throws IOException {
        var journal = new EventJournal(Files.createFile(folder.resolve("not-a-folder")));
        journal.add(Instant.EPOCH, Optional.empty(), "start", "", "");

        assertThat(journal.pending()).hasSize(1);
        assertThat(journal.problems()).singleElement().asString().contains("cannot be written");
    }

    @Test
    void takesAnEmptyAssignmentForDamagedAndOnlyAMissingOneForNone() throws IOException {
        assertThat(load()).isEqualTo(new AssignmentFile.Stored.None());
        new AssignmentFile(folder)
                .save(
                        InForce.first(
                                new Assignment(
                                        NODE, new Assignment.Stamp(1, 1, 1), List.of(), List.of()),
                                List.of()));
        assertThat(load()).isInstanceOf(AssignmentFile.Stored.Good.class);
        for (var name : List.of("assignment.json", "assignment.copy.json", "assignment.sha256")) {
            Files.write(folder.resolve(name), new byte[0]);
        }

        assertThat(load()).isInstanceOf(AssignmentFile.Stored.Damaged.class);
    }

    @Test
    void doesNotTakeAnUnreadableAssignmentForNone() throws IOException {
        loop(folder.resolve("assignment.json"));

        assertThat(load()).isInstanceOf(AssignmentFile.Stored.Unreadable.class);
    }

    @Test
    void doesNotTakeAnUnreadableFolderForAnEmptyOne() throws IOException {
        var folders = new InstanceFolders(folder, NODE);
        var id = InstanceId.parse("first/web.1");
        assertThat(folders.instances()).isEmpty();
        assertThat(folders.runs(id)).isEmpty();
        Files.createDirectories(folders.instance(id));
        loop(folders.instance(id).resolve("runs"));

        assertThatThrownBy(() -> folders.runs(id)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void makesANewKeyInPlaceOfOneThatIsCut() throws IOException {
        var secrets = Map.of(new SecretRef(new StackName("first"), "a", "0123456789abcdef"), "b");
        new SealedSecrets(folder).save(secrets);
        Files.write(folder.resolve("node.key"), new byte[0]);

        assertThat(new SealedSecrets(folder).load()).isEmpty();
        new SealedSecrets(folder).save(secrets);
        assertThat(new SealedSecrets(folder).load()).contains(secrets);
    }

    private AssignmentFile.Stored load() {
        return new AssignmentFile(folder).load();
    }

    /** Unreadable for every user. */
    private static void loop(Path link) throws IOException {
        Files.createSymbolicLink(link, link.getFileName());
    }
}
