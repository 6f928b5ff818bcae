package olympus.hermes.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.hermes.files.CommitMark;
import olympus.hermes.log.ApplierClosed;
import olympus.hermes.log.ReplicatedLog.Applier;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of entries that the applier does not take. */
final class DeliveryTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<Throwable> failures = new ArrayList<>();
    private int delivered;

    private final class Refusing implements Applier {

        private final RuntimeException answer;

        Refusing(RuntimeException answer) {
            this.answer = answer;
        }

        @Override
        public long load(Optional<SnapshotFile> newest) {
            return 0;
        }

        @Override
        public CompletionStage<Void> committed(
                long term, long index, ByteBuffer entry, Optional<Object> context) {
            delivered++;
            return CompletableFuture.failedFuture(answer);
        }

        @Override
        public void passed(long index) {}

        @Override
        public void failed(Throwable cause) {
            failures.add(cause);
        }
    }

    /** Delivers two entries one after the other. */
    private void deliver(RuntimeException answer) throws IOException {
        var file = folder.resolve("commit-mark");
        CommitMark.create(file, new CommitMark.Position(0, 0));
        try (var mark = CommitMark.open(file)) {
            var delivery =
                    new Delivery(
                            new Refusing(answer), mark, new Submissions(8), 8, 0, failures::add);
            for (var index = 1L; index <= 2; index++) {
                var taken =
                        delivery.committed(
                                1, index, ByteBuffer.allocate(1), Optional.empty(), () -> true);
                assertThat(taken).isCompletedExceptionally();
            }
        }
    }

    @Test
    void aStoreThatWasClosedInOrderIsNoFailureOfTheLog() throws Exception {
        deliver(new ApplierClosed());

        assertThat(failures).isEmpty();
        assertThat(delivered).isOne();
    }

    @Test
    void aStoreThatCannotApplyAnEntryHaltsTheLog() throws Exception {
        var bug = new IllegalStateException("bug");
        deliver(bug);

        assertThat(failures).containsExactly(bug);
        assertThat(delivered).isOne();
    }
}
