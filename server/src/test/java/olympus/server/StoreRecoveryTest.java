package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.cli.OutputFormat;
import olympus.cli.ServerProgram.Consent;
import olympus.cli.ServerProgram.Offline;
import olympus.foundation.Clock;
import olympus.foundation.FolderLock;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.LogConfig;
import olympus.link.keys.Installation;
import olympus.server.config.ServerConfiguration;
import olympus.server.deadline.Deadline;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What the offline commands that put another store in place find, ask, do and print. */
final class StoreRecoveryTest {

    private static final Deadline DEADLINE = new Deadline(Duration.ofSeconds(20));

    @TempDir private Path folder = Path.of(".");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> questions = new ArrayList<>();

    @Test
    void tellsWhatItFoundAsksAndMakesTheServerTheOnlyOne() throws Exception {
        var data = storeOfThree("data");
        assertThat(recover(data, Consent.Answer.NOBODY_THERE)).isEqualTo(4);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("say --yes");
        assertThat(recover(data, Consent.Answer.DENIED)).isEqualTo(4);
        assertThat(told())
                .contains("one (10.0.0.1:7402), two (10.0.0.2:7402), three (10.0.0.3:7402)")
                .contains("nobody can tell from here")
                .doesNotContain("done:");
        assertThat(questions).containsOnly("Make this server the only one?");
        assertThat(data.resolve("hermes").resolve("group")).doesNotExist();

        assertThat(recover(data, Consent.Answer.GIVEN)).isZero();
        assertThat(told()).contains("done: the store has one server", "hermes-before-recovery-");
        assertThat(get(data, "k")).isEqualTo("v");
        assertThat(recover(data, Consent.Answer.NOBODY_THERE)).isZero();
        assertThat(told()).contains("nothing to do");
    }

    @Test
    void isRefusedBesideAProcessAndWithADamagedStore() throws Exception {
        var data = storeOfThree("data");
        try (var lock = FolderLock.acquire(data)) {
            assertThat(recover(data, Consent.Answer.GIVEN)).isEqualTo(4);
        }
        Files.write(new StoreLayout(data.resolve("hermes")).commitMark(), new byte[4096]);
        assertThat(recover(data, Consent.Answer.GIVEN)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("in use by process", "olympus store verify --data-dir " + data);
    }

    @Test
    void restoresASnapshotOfThisIslandOnly() throws Exception {
        var data = storeOfThree("data");
        var file = folder.resolve("saved");
        Files.copy(new StoreLayout(data.resolve("hermes")).snapshotFiles().getLast().path(), file);
        var strange = storeOfThree("strange");
        assertThat(restore(strange, file, Consent.Answer.GIVEN, OutputFormat.TABLE)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(file + " is a snapshot of island", "belongs to island");

        assertThat(restore(data, file, Consent.Answer.GIVEN, OutputFormat.JSON)).isZero();
        var json = JsonMapper.shared().readTree(told());
        assertThat(json.path("made").path("incarnation").asLong())
                .isGreaterThan(json.path("snapshot").path("incarnation").asLong());
        assertThat(json.path("made").path("kept").asString()).contains("hermes-before-restore-");
        assertThat(get(data, "k")).isEqualTo("v");
    }

    @Test
    void restoresIntoAnEmptyFolderWhichThenBelongsToTheIslandOfTheFile() throws Exception {
        var data = storeOfThree("data");
        var file = folder.resolve("saved");
        Files.copy(new StoreLayout(data.resolve("hermes")).snapshotFiles().getLast().path(), file);
        var empty = folder.resolve("empty");
        assertThat(restore(empty, file, Consent.Answer.DENIED, OutputFormat.TABLE)).isEqualTo(4);
        assertThat(told()).contains("has no keys");
        assertThat(empty.resolve("node.json")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(empty)))
                .isEqualTo("rwx------");
        assertThat(restore(empty, file, Consent.Answer.GIVEN, OutputFormat.TABLE)).isZero();
        assertThat(self(empty).island()).isEqualTo(self(data).island());
        assertThat(get(empty, "k")).isEqualTo("v");
    }

    private int recover(Path data, Consent.Answer answer) {
        return new StoreRecovery(data, order(data, answer, OutputFormat.TABLE), terminal()).run();
    }

    private int restore(Path data, Path file, Consent.Answer answer, OutputFormat format) {
        out.reset();
        return new SnapshotRestore(data, file, order(data, answer, format), terminal()).run();
    }

    private Offline order(Path data, Consent.Answer answer, OutputFormat format) {
        return new Offline(
                Optional.of(data),
                format,
                question -> {
                    questions.add(question);
                    return answer;
                });
    }

    private UpOptions.Terminal terminal() {
        return new UpOptions.Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.system(),
                0);
    }

    private String told() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** A store with one key, whose list of servers names three. */
    private Path storeOfThree(String name) throws IOException {
        var data = folder.resolve(name);
        try (var store = open(data)) {
            var node = node(store);
            DEADLINE.await(
                    node.transact(Transaction.of(new Operation.Put(Key.of("k"), Bytes.utf8("v")))),
                    "writing");
        }
        var layout = new StoreLayout(data.resolve("hermes"));
        var list = RaftConfigurationProto.newBuilder();
        var host = 1;
        for (var member : List.of("one", "two", "three")) {
            list.addPeers(
                    RaftPeerProto.newBuilder()
                            .setId(ByteString.copyFromUtf8(member))
                            .setAddress("10.0.0.%d:7402".formatted(host++)));
        }
        Files.write(
                layout.segments(layout.groups().getFirst()).resolve("raft-meta.conf"),
                LogEntryProto.newBuilder()
                        .setIndex(Integer.MAX_VALUE)
                        .setConfigurationEntry(list)
                        .build()
                        .toByteArray());
        return data;
    }

    private static OpenStore open(Path data) {
        var files = data.resolve("hermes");
        var self = self(data);
        var membership =
                Membership.of(data, self, ServerConfiguration.Island.ALONE, Clock.system());
        return OpenStore.open(
                files, self, () -> LogConfig.alone(files, membership.group()), Clock.system());
    }

    private static String get(Path data, String key) throws IOException {
        try (var store = open(data)) {
            return DEADLINE.await(node(store).get(Key.of(key)), "reading")
                    .orElseThrow()
                    .value()
                    .toString();
        }
    }

    private static HermesNode node(OpenStore store) {
        assertThat(store.awaitReady(DEADLINE)).isEmpty();
        return store.node().orElseThrow();
    }

    private static Installation self(Path data) {
        return Installation.openOrCreate(data, "host", new SecureRandom());
    }
}
