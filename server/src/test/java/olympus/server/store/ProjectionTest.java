package olympus.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.server.problems.Problems;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProjectionTest {

    private static final Key PREFIX = Key.of("olympus/numbers");

    private final Map<Key, Integer> seen = new ConcurrentHashMap<>();
    private final Problems problems = new Problems();

    @Test
    @Timeout(60)
    void aRecordThatCannotBeReadIsPassedOverAndToldUntilItIsReplaced() throws Exception {
        try (var loop = new ThreadEventLoop("store", (_, _) -> {})) {
            var hermes = HermesNode.inMemory(loop, Clock.system());
            hermes.ready().toCompletableFuture().get(10, TimeUnit.SECONDS);
            put(hermes, "a", "one");
            put(hermes, "b", "2");
            var source =
                    new Projection.Source<>(
                            "numbers", hermes, PREFIX, value -> Integer.valueOf(text(value)));
            try (var projection = Projection.start(source, new Following(), problems)) {
                projection.listed().toCompletableFuture().get(10, TimeUnit.SECONDS);
                assertThat(seen).containsOnly(Map.entry(PREFIX.child("b"), 2));
                assertThat(problems.all())
                        .singleElement()
                        .asString()
                        .contains("olympus/numbers/a", "passed over");

                put(hermes, "c", "three");
                put(hermes, "d", "4");
                eventually(() -> seen.containsKey(PREFIX.child("d")));
                assertThat(problems.all()).hasSize(2);

                put(hermes, "a", "1");
                put(hermes, "c", "3");
                eventually(() -> seen.size() == 4);
                assertThat(problems.all()).isEmpty();
            }
        }
    }

    private static String text(Bytes value) {
        return new String(value.unsafeArray(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void put(HermesNode hermes, String name, String text) throws Exception {
        var value = Bytes.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        hermes.transact(Transaction.of(new Operation.Put(PREFIX.child(name), value)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static void eventually(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private final class Following implements Projection.Receiver<Integer> {
        @Override
        public void listed(Map<Key, Integer> records) {
            seen.clear();
            seen.putAll(records);
        }

        @Override
        public void put(Key key, Integer number) {
            seen.put(key, number);
        }

        @Override
        public void deleted(Key key) {
            seen.remove(key);
        }
    }
}
