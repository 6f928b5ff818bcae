package olympus.hermes.internal.ratis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.RecordingApplier;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * A process that is made to be killed: opens the log of a folder, says which numbers it holds, and
 * goes on writing the next ones, saying each once it is acknowledged. Takes a snapshot now and
 * then.
 */
final class CountingWriter {

    private static final int SNAPSHOT_EVERY = 700;

    private CountingWriter() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(arguments[0]);
        var padding = Integer.parseInt(arguments[1]);
        var applier = new RecordingApplier();
        var log =
                new RatisLog(
                        LogConfig.alone(folder, RatisLogTest.GROUP)
                                .withLimits(
                                        LogConfig.Limits.standard()
                                                .withReserveBytes(0)
                                                .withSegmentBytes(256 << 10)));
        log.open(applier);
        Eventually.holds("the log leads", () -> log.leadership().leader());
        var next = contiguous(applier);
        say("opened " + next);
        for (var n = next; ; n++) {
            write(log, applier, n, padding);
            say("acknowledged " + n);
            if (n % SNAPSHOT_EVERY == SNAPSHOT_EVERY - 1) {
                var snapshot = applier.writeSnapshot(log.snapshotDirectory());
                log.installed(snapshot, snapshot.index())
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
            }
        }
    }

    /** The number of entries, which must be 0, 1, 2 … without gap or double. */
    private static int contiguous(RecordingApplier applier) {
        var expected = 0;
        for (var text : applier.state()) {
            if (!text.startsWith(expected + " ")) {
                say(
                        "broken: entry %s stands where %d is due"
                                .formatted(text.split(" ", 2)[0], expected));
                System.exit(3);
            }
            expected++;
        }
        return expected;
    }

    private static void write(RatisLog log, RecordingApplier applier, int number, int padding) {
        var before = applier.committed().size();
        var outcomes = new ArrayList<Outcome>();
        var text = number + " " + "p".repeat(number * 31 % padding);
        log.submit(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), text, outcomes::add);
        Eventually.holds("committed", () -> applier.committed().size() > before);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
