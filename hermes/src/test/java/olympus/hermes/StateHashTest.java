package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.ReplicatedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A member whose memory holds something else than the others' finds it out and stops, whether it
 * follows or leads; the others go on.
 */
final class StateHashTest extends GroupInOneProcess {

    private static final String VICTIM = "victim";

    /** More entries than lie between two comparisons. */
    private static final int MOST_ENTRIES = 5_000;

    @ParameterizedTest(name = "the deviant one is {0}, a leads")
    @ValueSource(strings = {"a", "c"})
    void theDeviantOneStopsAndSaysSoWhileTheOthersGoOn(String deviant) throws Exception {
        logs = (name, log) -> name.equals(deviant) ? new Altering(log) : log;
        foundThree();
        put("b", VICTIM, "right");
        var others = Stream.of("a", "b", "c").filter(name -> !name.equals(deviant)).toList();

        writeUntil(() -> node(deviant).status().halted().isPresent());

        assertThat(node(deviant).status().halted().orElseThrow())
                .contains("state hash")
                .contains("it must not serve");
        assertThat(node(deviant).status().role()).isEqualTo(StoreStatus.Role.FOLLOWER);
        assertThat(node(deviant).status().leader()).isEmpty();
        for (var name : others) {
            Eventually.holds(
                    name + " writes",
                    () -> put(name, "after/" + name, "v") instanceof TransactionResult.Committed);
            assertThat(get(name, VICTIM)).as(name).contains("right");
            assertThat(node(name).status().halted()).as(name).isEmpty();
        }
    }

    @Test
    void membersThatAgreeAreComparedAndGoOn() throws Exception {
        var compared = new ArrayList<Command.VerifyHash>();
        logs = (name, log) -> name.equals("b") ? new Reading(log, compared) : log;
        foundThree();
        writeUntil(() -> {
            synchronized (compared) {
                return !compared.isEmpty();
            }
        });
        for (var name : List.of("a", "b", "c")) {
            assertThat(put(name, "after/" + name, "v"))
                    .as(name)
                    .isInstanceOf(TransactionResult.Committed.class);
            assertThat(node(name).status().halted()).as(name).isEmpty();
        }
    }

    private void foundThree() throws Exception {
        start("a", false);
        grow("a", "b");
        grow("a", "c");
    }

    /** One entry after another at each of two members, so that the log grows. */
    private void writeUntil(BooleanSupplier over) throws InterruptedException {
        var written = new AtomicInteger();
        var writers = new ArrayList<Thread>();
        for (var name : List.of("b", "c")) {
            writers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!over.getAsBoolean()
                                        && written.incrementAndGet() < MOST_ENTRIES) {
                                    put(name, "k/" + name, "v");
                                }
                            }));
        }
        for (var writer : writers) {
            writer.join();
        }
        assertThat(over.getAsBoolean()).as("after %d entries", written.get()).isTrue();
    }

    /** Has one value wrong. */
    private static final class Altering extends WatchedLog {

        Altering(ReplicatedLog log) {
            super(log);
        }

        @Override
        LogEntry seen(long index, LogEntry entry) {
            return new LogEntry(
                    entry.header(), entry.commands().stream().map(Altering::altered).toList());
        }

        private static Command altered(Command command) {
            return command instanceof Command.Transact(var transaction)
                            && transaction.operations().getFirst() instanceof Operation.Put put
                            && put.key().equals(Key.of(VICTIM))
                    ? new Command.Transact(
                            Transaction.of(new Operation.Put(put.key(), Bytes.utf8("wrong"))))
                    : command;
        }
    }

    /** Tells what was compared. */
    private static final class Reading extends WatchedLog {

        private final List<Command.VerifyHash> compared;

        Reading(ReplicatedLog log, List<Command.VerifyHash> compared) {
            super(log);
            this.compared = compared;
        }

        @Override
        LogEntry seen(long index, LogEntry entry) {
            for (var command : entry.commands()) {
                if (command instanceof Command.VerifyHash verified) {
                    synchronized (compared) {
                        compared.add(verified);
                    }
                }
            }
            return entry;
        }
    }
}
