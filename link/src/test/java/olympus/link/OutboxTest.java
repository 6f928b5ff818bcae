package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import io.grpc.stub.CallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import olympus.link.Outbox.Lane;
import olympus.link.Outbox.Outcome;
import org.junit.jupiter.api.Test;

final class OutboxTest {

    private final FakeStream stream = new FakeStream();
    private final Outbox<StringValue> outbox = new Outbox<>(stream);

    @Test
    void aNewerAssignmentReplacesTheQueuedOne() {
        for (var generation = 1; generation <= 1_000; generation++) {
            outbox.put(Lane.STATE, "assignment", StringValue.of("assignment " + generation));
        }
        outbox.put(Lane.STATE, "other", StringValue.of("other"));
        stream.becomesReady(outbox);
        assertThat(stream.sent).containsExactly("assignment 1000", "other");
    }

    @Test
    void bulkWaitsForControlAndState() {
        outbox.add(Lane.BULK, StringValue.of("log"));
        outbox.add(Lane.STATE, StringValue.of("report"));
        outbox.add(Lane.CONTROL, StringValue.of("hello"));
        stream.becomesReady(outbox);
        assertThat(stream.sent).containsExactly("hello", "report", "log");
    }

    @Test
    void sendsAtOnceWhileTheStreamIsReady() {
        stream.ready = true;
        assertThat(outbox.add(Lane.BULK, StringValue.of("1"))).isEqualTo(Outcome.QUEUED);
        assertThat(stream.sent).containsExactly("1");
    }

    @Test
    void aFullLaneTakesNoMoreButReplacesWhatItHolds() {
        outbox.put(Lane.BULK, "kept", StringValue.of("old"));
        for (var n = 1; n < LinkLimits.MAX_QUEUED_MESSAGES; n++) {
            assertThat(outbox.add(Lane.BULK, StringValue.of("x"))).isEqualTo(Outcome.QUEUED);
        }
        assertThat(outbox.add(Lane.BULK, StringValue.of("x"))).isEqualTo(Outcome.FULL);
        assertThat(outbox.put(Lane.BULK, "kept", StringValue.of("new"))).isEqualTo(Outcome.QUEUED);
        assertThat(outbox.add(Lane.STATE, StringValue.of("x"))).isEqualTo(Outcome.QUEUED);
    }

    @Test
    void refusesAMessageBeyondTheLimit() {
        var huge = StringValue.of("x".repeat(LinkLimits.MAX_MESSAGE_BYTES));
        assertThat(outbox.add(Lane.STATE, huge)).isEqualTo(Outcome.TOO_LARGE);
    }

    @Test
    void sendsNothingAfterTheEnd() {
        outbox.add(Lane.STATE, StringValue.of("queued"));
        outbox.end(CallStreamObserver::onCompleted);
        outbox.end(CallStreamObserver::onCompleted);
        stream.becomesReady(outbox);
        assertThat(outbox.add(Lane.STATE, StringValue.of("late"))).isEqualTo(Outcome.ENDED);
        assertThat(stream.sent).containsExactly("completed");
    }

    @Test
    void delaysGrowToTheLongestAndNeverShrinkBelowHalf() {
        var backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5), new Random(3));
        for (var attempt = 0; attempt < 100; attempt++) {
            var full = Math.min(50L << Math.min(attempt, 20), 5_000);
            assertThat(backoff.next().toMillis()).isBetween(full / 2, full);
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
    }

    /** A stream that is ready when the test says so. */
    private static final class FakeStream extends CallStreamObserver<StringValue> {

        private final List<String> sent = new ArrayList<>();
        private boolean ready;

        void becomesReady(Outbox<StringValue> outbox) {
            ready = true;
            outbox.drain();
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void onNext(StringValue value) {
            sent.add(value.getValue());
        }

        @Override
        public void onError(Throwable failure) {
            sent.add("error");
        }

        @Override
        public void onCompleted() {
            sent.add("completed");
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }
}
