package olympus.hermes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import olympus.foundation.Clock;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.internal.ratis.RatisLog;
import olympus.hermes.internal.ratis.TestAuthority;
import olympus.hermes.internal.ratis.TestPeers;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.PeerAccess;
import olympus.hermes.log.ReplicatedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Members of one store in this process, over the real engine and its network. */
abstract class GroupInOneProcess {

    static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-0000000000a3");
    static final long DEADLINE_SECONDS = 60;

    @TempDir Path folder = Path.of(".");
    final Map<String, HermesNode> nodes = new LinkedHashMap<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    Optional<TestAuthority> authority = Optional.empty();
    long snapshotAfterBytes = HermesOptions.DEFAULT_SNAPSHOT_AFTER_BYTES;

    /** What a member of that name has as its log. */
    BiFunction<String, ReplicatedLog, ReplicatedLog> logs = (_, log) -> log;

    @AfterEach
    void close() {
        List.copyOf(nodes.keySet()).forEach(this::stop);
    }

    void start(String name, boolean joins) throws IOException {
        var member =
                members.computeIfAbsent(
                        name, id -> new Member(id, "127.0.0.1", TestPeers.freePort()));
        var data = folder.resolve(name).resolve("hermes");
        var group = StoreGroup.read(data).map(StoreGroup::group).orElse(GROUP);
        nodes.put(
                name,
                HermesNode.open(
                        options(data),
                        logs.apply(
                                name,
                                new RatisLog(
                                        LogConfig.alone(data, group)
                                                .withLimits(
                                                        LogConfig.Limits.standard()
                                                                .withSegmentBytes(64 << 10))
                                                .as(
                                                        name,
                                                        TestPeers.on(
                                                                member.port(), joins, tls(name))))),
                        Clock.system()));
    }

    HermesOptions options(Path data) {
        var usual = HermesOptions.of("island", data);
        return new HermesOptions(
                usual.islandId(),
                usual.directory(),
                usual.writeDeadline(),
                snapshotAfterBytes,
                usual.archiveBytes());
    }

    Optional<PeerAccess.Tls> tls(String name) {
        return authority.map(present -> present.issue(name));
    }

    void stop(String name) {
        var node = nodes.remove(name);
        if (node != null) {
            await(node.close());
        }
    }

    void grow(String leader, String newcomer) throws IOException {
        start(newcomer, true);
        await(node(leader).ready());
        var group = node(leader).group();
        var before = group.members();
        var voters = new ArrayList<>(before.voters());
        voters.add(member(newcomer));
        await(group.change(before, new Members(voters)));
        await(node(newcomer).ready());
    }

    HermesNode node(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    Member member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    TransactionResult put(String node, String key, String value) {
        return await(
                node(node)
                        .transact(
                                new Transaction(
                                        List.of(),
                                        List.of(
                                                new Operation.Put(
                                                        Key.of(key), Bytes.utf8(value))))));
    }

    Optional<String> get(String node, String key) {
        return await(node(node).get(Key.of(key))).map(entry -> entry.value().toString());
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("did not come: " + e, e);
        }
    }
}
