package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.simulation.SimulatedClock;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.server.deadline.Deadline;
import olympus.server.group.GroupHealth;
import olympus.server.group.ServerRecord;
import olympus.server.group.Servers;
import olympus.server.http.DoctorCheck;
import olympus.server.store.HaltedStore;
import org.junit.jupiter.api.Test;

/** What any server says of the others. */
final class GroupChecksTest {

    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    private final HaltedStore store =
            new HaltedStore("island", new OlympusException(ErrorCode.CORRUPT, "damaged"));
    private final Servers servers = Servers.none(store, new Deadline(Duration.ofSeconds(1)));
    private final Map<Key, ServerRecord> records = new HashMap<>();

    private void server(String name, Duration certificatesLast) {
        var server =
                new ServerRecord(
                                name,
                                new NodeId(new UUID(1, name.hashCode())),
                                name,
                                Optional.of("10.0.0.1:7402"),
                                Optional.empty(),
                                "https://%s:7400".formatted(name),
                                "0.1.0",
                                Optional.of(2),
                                NOW,
                                ServerRecord.State.MEMBER,
                                Optional.empty())
                        .withCertificatesUntil(Optional.of(NOW.plus(certificatesLast)));
        records.put(server.key(), server);
        servers.known().listed(records);
    }

    @Test
    void certificatesOfEveryServerThatEndSoonAreToldByAnyOfThem() {
        server("mars", Duration.ofDays(60));
        server("venus", Duration.ofDays(9));
        server("pluto", Duration.ofDays(-2));

        var checks = new GroupChecks(store, servers, new SimulatedClock(NOW)).examine();

        assertThat(checks)
                .filteredOn(check -> check.name().startsWith("certificates of "))
                .allMatch(check -> check.status() == DoctorCheck.Status.WARNING)
                .extracting(DoctorCheck::name, DoctorCheck::detail)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "certificates of pluto", "one has ended"),
                        org.assertj.core.groups.Tuple.tuple(
                                "certificates of venus", "one ends in 9 days"));
    }

    @Test
    void whoDoesNotAnswerIsSaidToCountAllTheSameWithWhatToDo() {
        server("mars", Duration.ofDays(60));
        server("venus", Duration.ofDays(60));
        server("pluto", Duration.ofDays(60));
        var health = new GroupHealth(Map.of("pluto", Optional.empty()));

        assertThat(servers.advice(health))
                .singleElement()
                .asString()
                .contains(
                        "pluto does not answer",
                        "its store has halted: `olympus doctor --address https://pluto:7400`",
                        "counts all the same",
                        "olympus servers remove pluto");
    }
}
