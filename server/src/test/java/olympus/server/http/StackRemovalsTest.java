package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.foundation.simulation.SimulatedClock;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.server.deadline.Deadline;
import org.junit.jupiter.api.Test;

final class StackRemovalsTest {

    private static final Instant AT = Instant.parse("2026-11-21T03:00:00Z");
    private static final Duration TIME = Duration.ofSeconds(20);

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

            var found = new StackRemovals(hermes, Clock.system(), TIME).of(projects);

            assertThat(found.isWhole()).isTrue();
            assertThat(found.removals().entrySet())
                    .extracting(one -> one.getKey() + ": " + one.getValue().subject())
                    .containsExactlyInAnyOrder("shop: shop", "mediaserver: media");
        }
    }

    /** Passes on what is asked of the store, and counts it; can keep it waiting for ever. */
    private static final class Asked {
        private final Hermes store;
        private int pages;
        private int most = Integer.MAX_VALUE;

        Asked(Hermes store) {
            this.store = store;
        }

        Hermes hermes() {
            return (Hermes)
                    Proxy.newProxyInstance(
                            Hermes.class.getClassLoader(),
                            new Class<?>[] {Hermes.class},
                            (_, method, arguments) -> {
                                if (method.getName().equals("readStream") && pages++ >= most) {
                                    return new CompletableFuture<Hermes.StreamPage>();
                                }
                                return method.invoke(store, arguments);
                            });
        }
    }

    private static void others(AuditStream audit, int count) {
        for (var n = 0; n < count; n++) {
            audit.append(entry("PUT", "other", 200, Optional.empty()));
        }
    }

    @Test
    void readsEachEntryOnceHoweverOftenItIsAsked() throws Exception {
        try (var loop = new ThreadEventLoop("store", (_, _) -> {})) {
            var store = HermesNode.inMemory(loop, Clock.system());
            store.ready().toCompletableFuture().get();
            var audit = new AuditStream(store, new Deadline(Duration.ofSeconds(20)));
            audit.append(entry("DELETE", "shop", 202, Optional.empty()));
            others(audit, 2_100);
            var asked = new Asked(store);
            var removals = new StackRemovals(asked.hermes(), Clock.system(), TIME);
            var projects = Set.of("shop", "never");
            assertThat(removals.of(projects).removals()).containsOnlyKeys("shop");
            assertThat(asked.pages).isEqualTo(4);

            assertThat(removals.of(projects).removals()).containsOnlyKeys("shop");
            assertThat(asked.pages).as("one more, where the end is").isEqualTo(5);

            audit.append(entry("DELETE", "never", 202, Optional.empty()));
            assertThat(removals.of(projects).removals()).containsOnlyKeys("shop", "never");
            assertThat(asked.pages).as("the end, and what is new").isEqualTo(7);
        }
    }

    @Test
    void saysWhatItDoesNotKnowWhenTimeRunsOutAndGoesOnThereTheNextTime() throws Exception {
        try (var loop = new ThreadEventLoop("store", (_, _) -> {})) {
            var store = HermesNode.inMemory(loop, Clock.system());
            store.ready().toCompletableFuture().get();
            var audit = new AuditStream(store, new Deadline(Duration.ofSeconds(20)));
            audit.append(entry("DELETE", "old", 202, Optional.empty()));
            others(audit, 1_500);
            audit.append(entry("DELETE", "new", 202, Optional.empty()));
            var asked = new Asked(store);
            // The end, and one page; the next one does not come.
            asked.most = 2;
            var clock = new SimulatedClock(AT);
            var hermes = asked.hermes();
            var removals = new StackRemovals(hermes, clock, Duration.ofSeconds(1));
            var projects = Set.of("old", "new");

            var first = removals.of(projects);
            assertThat(first.isWhole()).isFalse();
            assertThat(first.removals()).containsOnlyKeys("new");

            asked.most = Integer.MAX_VALUE;
            asked.pages = 0;
            assertThat(removals.of(projects))
                    .matches(StackRemovals.Found::isWhole)
                    .satisfies(
                            found -> assertThat(found.removals()).containsOnlyKeys("old", "new"));
            assertThat(asked.pages).isEqualTo(2);
        }
    }
}
