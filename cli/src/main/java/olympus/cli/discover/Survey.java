package olympus.cli.discover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at all sources at once, each on a thread of its own, and waits for none of them longer than
 * the deadline. A source that fails or hangs is told as such and takes nothing from the others.
 */
public final class Survey {

    /** Of each source, and so of all: they run side by side. */
    public static final Duration DEADLINE = Duration.ofSeconds(3);

    private Survey() {}

    /** How far a source got. */
    public enum Outcome {
        SEEN,
        PARTLY,
        ABSENT,
        FAILED,
        TIMED_OUT
    }

    /**
     * What became of a source.
     *
     * @param notes what could not be seen, and why
     */
    public record Told(String source, Outcome outcome, List<String> notes) {
        public Told {
            notes = List.copyOf(notes);
        }
    }

    /** What all sources together saw, and what became of each, in their order. */
    public record Result(Inventory inventory, List<Told> sources) {
        public Result {
            sources = List.copyOf(sources);
        }
    }

    private record Started(Source source, FutureTask<Source.Sight> task) {}

    public static Result of(List<Source> sources, Duration deadline) throws InterruptedException {
        var until = System.nanoTime() + deadline.toNanos();
        var started = sources.stream().map(Survey::start).toList();
        var inventory = Inventory.EMPTY;
        var told = new ArrayList<Told>();
        for (var one : started) {
            var name = one.source().name();
            try {
                var left = Math.max(0, until - System.nanoTime());
                switch (one.task().get(left, TimeUnit.NANOSECONDS)) {
                    case Source.Sight.Seen seen -> {
                        inventory = inventory.and(seen.part());
                        var outcome = seen.unseen().isEmpty() ? Outcome.SEEN : Outcome.PARTLY;
                        told.add(new Told(name, outcome, seen.unseen()));
                    }
                    case Source.Sight.Absent absent ->
                            told.add(new Told(name, Outcome.ABSENT, List.of(absent.why())));
                }
            } catch (TimeoutException e) {
                one.task().cancel(true);
                var note = "no answer within %d ms".formatted(deadline.toMillis());
                told.add(new Told(name, Outcome.TIMED_OUT, List.of(note)));
            } catch (ExecutionException e) {
                told.add(new Told(name, Outcome.FAILED, List.of(reason(e))));
            }
        }
        return new Result(inventory, told);
    }

    /** Not an executor: closing one would wait for a source that hangs in the kernel. */
    private static Started start(Source source) {
        var task = new FutureTask<>(source::look);
        Thread.ofVirtual().name("discover-" + source.name()).start(task);
        return new Started(source, task);
    }

    private static String reason(ExecutionException e) {
        var cause = e.getCause() == null ? e : e.getCause();
        var message = cause.getMessage();
        var words = message == null || message.isBlank() ? cause.toString() : message;
        return words.lines().findFirst().orElse(cause.toString());
    }
}
