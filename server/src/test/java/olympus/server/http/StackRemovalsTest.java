package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.server.deadline.Deadline;
import org.junit.jupiter.api.Test;

final class StackRemovalsTest {

    private static final Instant AT = Instant.parse("2026-11-21T03:00:00Z");

    private static AuditEntry entry(
            String method, String stack, int status, Optional<String> detail) {
        return new AuditEntry(
                AT, "ana", "10.0.0.7", method, "/api/v1/stacks/" + stack, stack, status, detail);
    }

    @Test
    void findsRemovalsBehindThousandsOfOtherEntries() throws Exception {
        try (var loop = new ThreadEventLoop("store", (_, _) -> {})) {
            var hermes = HermesNode.inMemory(loop, Clock.system());
            hermes.ready().toCompletableFuture().get();
            var audit = new AuditStream(hermes, new Deadline(Duration.ofSeconds(20)));
            audit.append(entry("DELETE", "shop", 202, Optional.empty()));
            audit.append(entry("DELETE", "refused", 409, Optional.empty()));
            audit.append(
                    entry(
                            "DELETE",
                            "media",
                            202,
                            Optional.of(StackRemovals.detail("mediaserver"))));
            for (var n = 0; n < 2_100; n++) {
                audit.append(entry("PUT", "other", 200, Optional.empty()));
            }
            var projects = Set.of("shop", "mediaserver", "media", "refused", "never");

            var found = new StackRemovals(audit).of(projects);

            assertThat(found.entrySet())
                    .extracting(one -> one.getKey() + ": " + one.getValue().subject())
                    .containsExactlyInAnyOrder("shop: shop", "mediaserver: media");
        }
    }
}
