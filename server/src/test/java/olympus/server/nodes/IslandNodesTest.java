package olympus.server.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.foundation.simulation.SimulatedClock;
import olympus.hermes.HermesNode;
import olympus.hermes.Transaction;
import olympus.link.keys.Authorities;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.link.keys.NodeKeys;
import olympus.link.keys.NodeUri;
import olympus.model.NodeId;
import olympus.server.group.KnownServers;
import olympus.server.group.ServerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who belongs to the island, as the link asks. */
final class IslandNodesTest {

    private static final Instant AT = Instant.parse("2026-11-21T03:00:00Z");

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});
    private final SecureRandom random = new SecureRandom();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HermesNode hermes;

    @SuppressWarnings("NullAway.Init")
    private KnownNodes nodes;

    @SuppressWarnings("NullAway.Init")
    private KnownServers servers;

    @SuppressWarnings("NullAway.Init")
    private IslandNodes island;

    @SuppressWarnings("NullAway.Init")
    private Installation self;

    private final NodeId pluto = new NodeId(UUID.randomUUID());

    @BeforeEach
    void start() throws Exception {
        hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        self = Installation.openOrCreate(folder, "mars", random);
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, AT, random);
        var certificates = Certificates.openOrIssue(keys, self, authorities, Set.of(), AT);
        nodes = new KnownNodes(hermes);
        servers = new KnownServers(hermes);
        island = new IslandNodes(hermes, nodes, servers, certificates.nodeSigner(), Clock.system());
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void beforeTheStoreWasReadACertificateIsEnough() {
        assertThat(island.refusal(uri(pluto), "key")).isEmpty();
        nodes.listed(Map.of());
        assertThat(island.refusal(uri(pluto), "key")).isEmpty();
        servers.listed(Map.of());
        assertThat(island.refusal(uri(pluto), "key")).isPresent();
    }

    @Test
    void aMemberComesInWithTheKeysThatItIsKnownByAndWithNoOther() {
        listed(member("a", Optional.of("b")));
        assertThat(island.refusal(uri(pluto), "a")).isEmpty();
        assertThat(island.refusal(uri(pluto), "b")).isEmpty();
        assertThat(island.refusal(uri(pluto), "c").orElseThrow())
                .contains("node pluto")
                .contains("known by another key");
    }

    @Test
    void aNodeIsCalledWhatWasRecordedOfIt() {
        assertThat(island.name(pluto)).isEmpty();
        listed(member("a", Optional.empty()));
        assertThat(island.name(pluto)).contains("pluto");
        var server = server(new NodeId(UUID.randomUUID()));
        servers.put(server.key(), server);
        assertThat(island.name(server.node())).contains("venus");
    }

    @Test
    void whoWasRemovedIsToldByWhomAndWhatToDo() {
        listed(member("a", Optional.empty()).removed("ana", AT));
        assertThat(island.refusal(uri(pluto), "a").orElseThrow())
                .contains("node pluto")
                .contains("was removed by ana at 2026-11-21T03:00:00Z")
                .contains("olympus token create --agent")
                .contains("olympus agent --server ADDRESS --token T");
    }

    @Test
    void aServersMachineComesInAsLongAsItsServerBelongsToTheIsland() {
        listed(member("a", Optional.empty()));
        var node = new NodeId(UUID.randomUUID());
        var server = server(node);
        servers.put(server.key(), server);
        assertThat(island.refusal(uri(node), "any")).isEmpty();
        assertThat(island.servers().servers()).hasSize(1);
        assertThat(island.servers().servers().getFirst().host()).isEqualTo("fe80::2");
        servers.deleted(server.key());
        assertThat(island.refusal(uri(node), "any").orElseThrow())
                .contains("its server was removed");
    }

    @Test
    void theKeyThatFollowsIsKnownBeforeItsCertificateIsGiven() throws Exception {
        put(member("a", Optional.empty()));
        var request = request();
        var issued = island.renew(uri(pluto), "a", request).toCompletableFuture().get();
        assertThat(issued.chain()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(stored().key()).isEqualTo("a");
        assertThat(stored().following()).contains(request.fingerprint());

        var third = request();
        island.renew(uri(pluto), request.fingerprint(), third).toCompletableFuture().get();
        assertThat(stored().key()).as("what it came with").isEqualTo(request.fingerprint());
        assertThat(stored().following()).contains(third.fingerprint());
        assertThat(stored().hasKey("a")).isFalse();
    }

    @Test
    void aNodeThatAsksAgainAndAgainIsRefusedUntilTheHourIsOver() throws Exception {
        put(member("a", Optional.empty()));
        nodes.listed(Map.of(NodeMember.key(pluto), member("a", Optional.empty())));
        for (var n = 0; n < RenewalLimit.MOST; n++) {
            island.renew(uri(pluto), "a", request()).toCompletableFuture().get();
        }
        var last = stored();
        assertThatThrownBy(
                        () -> island.renew(uri(pluto), "a", request()).toCompletableFuture().get())
                .hasMessageContaining("node pluto was given 6 certificates within an hour")
                .hasMessageContaining("the next is given at");
        assertThat(stored()).as("nothing is written").isEqualTo(last);
    }

    @Test
    void whoWaitedIsGivenOneAgainAndTheFirstRefusalOnlyIsOneForTheLog() {
        var clock = new SimulatedClock(AT);
        var limit = new RenewalLimit(clock);
        for (var n = 0; n < RenewalLimit.MOST; n++) {
            assertThat(limit.ask(pluto)).isEmpty();
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(limit.ask(pluto).orElseThrow())
                .isEqualTo(new RenewalLimit.Refused(AT.plus(RenewalLimit.WITHIN), true));
        assertThat(limit.ask(pluto).orElseThrow().first()).isFalse();
        assertThat(limit.ask(new NodeId(UUID.randomUUID()))).as("another node").isEmpty();
        clock.advance(RenewalLimit.WITHIN.minusMinutes(RenewalLimit.MOST));
        assertThat(limit.ask(pluto)).isEmpty();
        assertThat(limit.ask(pluto).orElseThrow().first()).isTrue();
    }

    @Test
    void nothingIsSignedForAKeyThatIsNotKnownNorForWhoWasRemoved() throws Exception {
        put(member("a", Optional.empty()));
        assertThatThrownBy(
                        () -> island.renew(uri(pluto), "x", request()).toCompletableFuture().get())
                .hasMessageContaining("not known by this key");
        put(member("a", Optional.empty()).removed("ana", AT));
        assertThatThrownBy(
                        () -> island.renew(uri(pluto), "a", request()).toCompletableFuture().get())
                .hasMessageContaining("not known by this key");
        var stranger = uri(new NodeId(UUID.randomUUID()));
        assertThatThrownBy(() -> island.renew(stranger, "a", request()).toCompletableFuture().get())
                .hasMessageContaining("signs for itself");
    }

    private static ServerRecord server(NodeId node) {
        return new ServerRecord(
                "two-0a",
                node,
                "venus",
                Optional.of("10.0.0.2:7402"),
                Optional.of("[fe80::2]:7401"),
                "https://10.0.0.2:7400",
                "0.1.0",
                Optional.of(2),
                AT,
                ServerRecord.State.LEAVING,
                Optional.empty());
    }

    private CertificateRequest request() {
        return NodeKeys.ask(folder.resolve(UUID.randomUUID().toString()), random).request();
    }

    private NodeUri uri(NodeId node) {
        return new NodeUri(self.realm(), self.island(), node);
    }

    private NodeMember member(String key, Optional<String> following) {
        return new NodeMember(
                pluto, "pluto", key, following, "0a", NodeMember.State.MEMBER, "admin", AT);
    }

    private void listed(NodeMember member) {
        nodes.listed(Map.of(NodeMember.key(member.node()), member));
        servers.listed(Map.of());
    }

    private void put(NodeMember member) throws Exception {
        hermes.transact(Transaction.of(member.put())).toCompletableFuture().get();
    }

    private NodeMember stored() throws Exception {
        var entry = hermes.get(NodeMember.key(pluto)).toCompletableFuture().get().orElseThrow();
        return NodeMember.CODEC.decode(entry.value().unsafeArray());
    }
}
