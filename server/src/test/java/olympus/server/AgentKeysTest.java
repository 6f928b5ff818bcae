package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.link.AgentLinks.Target;
import olympus.link.ServerList;
import olympus.link.keys.Authorities;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.link.keys.KeyFingerprint;
import olympus.link.keys.NodeKeys;
import olympus.link.keys.NodeSigner;
import olympus.server.nodes.ServersFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine that runs only the agent keeps: its certificate good, and its servers known. */
final class AgentKeysTest {

    private static final Instant START = Instant.parse("2026-11-21T03:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final SimulatedClock clock = new SimulatedClock(START);
    private final SimulatedLoop loop = new SimulatedLoop(clock);
    private final SecureRandom random = new SecureRandom();
    private final List<CertificateRequest> asked = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private NodeSigner signer;

    @SuppressWarnings("NullAway.Init")
    private NodeKeys keys;

    @BeforeEach
    void letIn() {
        var server = Installation.openOrCreate(folder.resolve("server"), "one", random);
        var of = folder.resolve("server").resolve("keys");
        var authorities = Authorities.openOrCreate(of, server, START, random);
        signer = Certificates.openOrIssue(of, server, authorities, Set.of(), START).nodeSigner();
        var own = folder.resolve("node").resolve("keys");
        var asking = NodeKeys.ask(own, random);
        keys =
                NodeKeys.enrolled(
                        own,
                        asking.key(),
                        signer.sign(asking.request(), asking.node(), "pluto", START));
    }

    @Test
    void theCertificateIsRenewedWithANewKeyThirtyDaysBeforeItsEndAndAgainLater() {
        var keeper = keeper(true);
        keeper.start();
        var first = keys.current();
        loop.runFor(Duration.ofDays(60).minusHours(1));
        assertThat(asked).isEmpty();
        loop.runFor(Duration.ofHours(2));
        assertThat(asked).hasSize(1);
        assertThat(keys.current().certificate().getPublicKey())
                .isNotEqualTo(first.certificate().getPublicKey());
        assertThat(keys.current().daysLeft(clock.wall())).isBetween(89L, 90L);
        loop.runFor(Duration.ofDays(60));
        assertThat(asked).hasSize(2);
        keeper.close();
        loop.runFor(Duration.ofDays(60));
        assertThat(asked).as("closed").hasSize(2);
    }

    @Test
    void aRenewalThatFailsIsTriedAgainEveryMinuteAndTheOldCertificateIsUsedMeanwhile() {
        var keeper = keeper(false);
        keeper.start();
        var first = keys.current();
        loop.runFor(Duration.ofDays(60).plusMinutes(10));
        assertThat(asked).hasSizeBetween(10, 11);
        assertThat(keys.current()).isEqualTo(first);
        var signing = keeper(true);
        signing.start();
        loop.runFor(Duration.ofMinutes(1));
        assertThat(keys.current()).isNotEqualTo(first);
    }

    /** What servers know of the machine: the key of its link, and the one that follows. */
    @Test
    void aKeyThatCannotBeKeptLocksNobodyOutHoweverOftenItWasRenewedBefore() throws Exception {
        var onTheLink = new AtomicReference<>(fingerprint());
        var known = new ArrayList<String>();
        var keeper =
                new CertificateKeeper(
                        keys,
                        request -> {
                            asked.add(request);
                            known.clear();
                            known.add(onTheLink.get());
                            known.add(request.fingerprint());
                            return CompletableFuture.completedStage(
                                    signer.sign(
                                            request, keys.owner().node(), "pluto", clock.wall()));
                        },
                        () -> onTheLink.set(fingerprint()),
                        clock,
                        loop,
                        random);
        keeper.start();
        loop.runFor(Duration.ofDays(61));
        assertThat(asked).hasSize(1);
        assertThat(known).contains(fingerprint());
        var folderOfKeys = folder.resolve("node").resolve("keys");
        Files.move(folderOfKeys, folder.resolve("moved"));
        Files.writeString(folderOfKeys, "no folder");

        loop.runFor(Duration.ofDays(61));

        assertThat(asked).hasSizeGreaterThan(1);
        assertThat(fingerprint()).isEqualTo(asked.getFirst().fingerprint());
        assertThat(known).as("by which it may come in again").contains(fingerprint());
    }

    private String fingerprint() {
        return KeyFingerprint.of(keys.current().certificate().getPublicKey());
    }

    private CertificateKeeper keeper(boolean signed) {
        return new CertificateKeeper(
                keys,
                request -> {
                    asked.add(request);
                    return signed
                            ? CompletableFuture.completedStage(
                                    signer.sign(
                                            request, keys.owner().node(), "pluto", clock.wall()))
                            : CompletableFuture.failedStage(
                                    new OlympusException(ErrorCode.UNAVAILABLE, "no server"));
                },
                () -> {},
                clock,
                loop,
                random);
    }

    @Test
    void theLatestListOfServersIsDialledAndKept() {
        var file = new ServersFile(folder);
        file.write(list(1, 7, "one"));
        var dialled = new ArrayList<Set<String>>();
        var servers = new AgentServers(file, keys, loop);
        servers.begin(targets ->
                dialled.add(targets.stream().map(Target::server).collect(Collectors.toSet())));
        assertThat(dialled).containsExactly(Set.of("one"));

        told(servers, list(1, 9, "one", "two", "three"));
        assertThat(dialled).hasSize(2).last().isEqualTo(Set.of("one", "two", "three"));
        assertThat(file.read()).isEqualTo(list(1, 9, "one", "two", "three"));

        told(servers, list(1, 8, "one", "two"));
        told(servers, list(1, 10));
        assertThat(dialled).as("what is older, or names nobody").hasSize(2);
        told(servers, list(1, 11, "one", "two", "three"));
        assertThat(dialled).as("the same servers").hasSize(2);

        told(servers, list(2, 3, "two"));
        assertThat(dialled).as("of a restored store").hasSize(3).last().isEqualTo(Set.of("two"));
        assertThat(new AgentServers(file, keys, loop).current()).isEqualTo(list(2, 3, "two"));
    }

    private void told(AgentServers servers, ServerList list) {
        servers.told(list);
        loop.runFor(Duration.ofSeconds(1));
    }

    private static ServerList list(long incarnation, long revision, String... members) {
        return new ServerList(
                incarnation,
                revision,
                List.of(members).stream()
                        .map(member -> new ServerList.Entry(member, "10.0.0.1", 7401))
                        .toList());
    }
}
