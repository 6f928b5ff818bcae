package olympus.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import olympus.foundation.Clock;
import olympus.foundation.Poll;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.PeerAccess;
import olympus.link.ReplicaTls;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.Installation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers' stores whose certificates are renewed while clients write, and who then dial each
 * other anew, one after another: every write is taken.
 */
final class RotatedCertificatesTest {

    private static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-0000000000c7");
    private static final List<String> NAMES = List.of("a", "b", "c");

    /** Issued so long ago, a certificate is due, and still good. */
    private static final Duration DUE = Duration.ofDays(70);

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int WRITES_BETWEEN = 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, HermesNode> nodes = new ConcurrentHashMap<>();
    private final Map<String, Certificates> certificates = new LinkedHashMap<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    @AfterEach
    void close() throws Exception {
        over.set(true);
        for (var node : nodes.values()) {
            await(node.close());
        }
    }

    @Test
    void everyWriteIsTakenWhileCertificatesAreRenewedAndUsed() throws Exception {
        found();
        var writer = new Writer();
        var thread = Thread.ofPlatform().start(writer);
        awaitWrites();

        for (var name : NAMES) {
            var before = certificates(name).current(Kind.REPLICA).certificate();
            certificates(name).renewIfDue(Instant.now());
            assertThat(certificates(name).current(Kind.REPLICA).certificate())
                    .as("renewed: %s", name)
                    .isNotEqualTo(before);
            awaitWrites();
        }
        for (var name : NAMES) {
            await(node(name).close());
            start(name, false);
            await(node(name).ready());
            awaitWrites();
        }

        over.set(true);
        thread.join();
        assertThat(writer.notTaken).isEmpty();
        for (var name : NAMES) {
            var last = await(node(name).get(Key.of("k"))).orElseThrow();
            assertThat(last.value()).as(name).isEqualTo(Bytes.utf8("" + written.get()));
        }
    }

    private void awaitWrites() {
        var goal = written.get() + WRITES_BETWEEN;
        assertThat(Poll.within(WAIT, () -> Optional.of(written.get()).filter(n -> n >= goal)))
                .as("%d writes", goal)
                .isPresent();
    }

    private void found() throws Exception {
        var keys = Files.createDirectory(folder.resolve("realm"));
        var realm = Installation.openOrCreate(keys, "realm", random);
        var authorities =
                Authorities.openOrCreate(keys.resolve("keys"), realm, Instant.now(), random);
        for (var name : NAMES) {
            var own = Files.createDirectory(folder.resolve(name));
            var ids = Installation.openOrCreate(own, name, random);
            var node = new Installation(realm.realm(), realm.island(), ids.node(), name);
            certificates.put(
                    name,
                    Certificates.openOrIssue(
                            Files.createDirectory(own.resolve("keys")),
                            node,
                            authorities,
                            Set.of("127.0.0.1"),
                            Instant.now().minus(DUE)));
            members.put(name, new Member(name, "127.0.0.1", freePort()));
        }
        start("a", false);
        await(node("a").ready());
        for (var newcomer : List.of("b", "c")) {
            start(newcomer, true);
            var before = node("a").group().members();
            var voters = new ArrayList<>(before.voters());
            voters.add(member(newcomer));
            await(node("a").group().change(before, new Members(voters)));
            await(node(newcomer).ready());
        }
    }

    private void start(String name, boolean joins) throws IOException {
        var data = folder.resolve(name).resolve("hermes");
        var tls = ReplicaTls.of(certificates(name));
        var port = member(name).port();
        var access =
                new PeerAccess(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        "127.0.0.1",
                        port,
                        joins,
                        Optional.of(new PeerAccess.Tls(tls.keys(), tls.trust())));
        nodes.put(
                name,
                HermesNode.open(
                        HermesOptions.of("island", data),
                        LogConfig.alone(data, GROUP).as(name, access),
                        Clock.system()));
    }

    private HermesNode node(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    private Member member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    private Certificates certificates(String name) {
        return Objects.requireNonNull(certificates.get(name), name);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Writes one value after another, at whichever of the other two is open. */
    private final class Writer implements Runnable {

        private final List<String> notTaken = new ArrayList<>();

        @Override
        public void run() {
            while (!over.get()) {
                var value = written.get() + 1;
                if (isTaken(value)) {
                    written.set(value);
                }
            }
        }

        /** A server that is being closed refuses: then the next one is asked. */
        private boolean isTaken(int value) {
            var answers = new ArrayList<String>();
            for (var name : NAMES) {
                try {
                    var result = await(node(name).transact(put(value)));
                    if (result instanceof TransactionResult.Committed) {
                        return true;
                    }
                    answers.add(name + ": " + result);
                } catch (Exception e) {
                    answers.add(name + ": " + e);
                }
            }
            notTaken.add(value + ": " + answers);
            return false;
        }

        private Transaction put(int value) {
            return Transaction.of(new Operation.Put(Key.of("k"), Bytes.utf8("" + value)));
        }
    }
}
