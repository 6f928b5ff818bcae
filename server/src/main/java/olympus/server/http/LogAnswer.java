package olympus.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.server.deadline.Deadline;

/**
 * An answer with the newest lines of a service being put together: merged by time, the oldest left
 * out where they are too many, and everything said that is missing.
 */
final class LogAnswer {

    static final int MAX_PROBLEMS = 50;

    private final LogFanIn source;
    private final boolean isTailAsked;
    private final boolean isPeriodAsked;
    private final NewestLines lines;
    private final List<String> problems = new ArrayList<>();
    private long unsaidProblems;
    private boolean isTruncated;
    private boolean hasFailed;
    private long missing;

    /**
     * @param isTailAsked whether the reader asked for so many lines, rather than for all
     * @param isPeriodAsked whether the reader asked from when on
     */
    LogAnswer(LogFanIn source, int limit, boolean isTailAsked, boolean isPeriodAsked) {
        this.source = source;
        this.isTailAsked = isTailAsked;
        this.isPeriodAsked = isPeriodAsked;
        this.lines = new NewestLines(limit);
    }

    /** Reads until everything is there or the deadline has passed. */
    Answers.LogLines read(Clock clock, Deadline deadline) {
        var end = clock.monotonicNanos() + deadline.duration().toNanos();
        while (!source.ended()) {
            var left = end - clock.monotonicNanos();
            if (left <= 0) {
                source.unfinished().forEach(late -> late(late, deadline));
                break;
            }
            source.next(Duration.ofNanos(left)).forEach(this::take);
        }
        if (hasFailed && lines.isEmpty()) {
            throw new OlympusException(ErrorCode.UNAVAILABLE, String.join("; ", problems));
        }
        var tooMany = isTailAsked ? 0 : lines.beyondCount();
        var dropped = tooMany + lines.beyondBytes();
        if (unsaidProblems > 0) {
            problems.add("and %d problems more".formatted(unsaidProblems));
        }
        return new Answers.LogLines(
                lines.take(), isTruncated || dropped > 0, missing + dropped, problems);
    }

    private void late(LogFanIn.Source source, Deadline deadline) {
        hasFailed = true;
        problem(
                "%s: its lines did not all come within %d ms"
                        .formatted(source.instance(), deadline.duration().toMillis()));
    }

    private void take(LogFanIn.Item item) {
        switch (item) {
            case LogFanIn.Item.Line(var from, LogLine line) -> lines.add(from.node(), line);
            case LogFanIn.Item.Gap(var from, LogGap gap) -> gap(from, gap);
            case LogFanIn.Item.Problem(var from, String detail) -> {
                hasFailed = true;
                problem("%s: %s".formatted(from.instance(), detail));
            }
        }
    }

    private void gap(LogFanIn.Source from, LogGap gap) {
        switch (gap.kind()) {
            case LEFT_OUT -> {
                if (!isTailAsked) {
                    isTruncated = true;
                    missing += gap.lines();
                }
            }
            case NOT_KEPT -> {
                if (isTailAsked || isPeriodAsked) {
                    problem(LogGaps.of(from, gap).reason());
                }
            }
            case DROPPED, UNKNOWN_POINT -> {
                missing += gap.lines();
                problem(LogGaps.of(from, gap).reason());
            }
        }
    }

    private void problem(String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        } else {
            unsaidProblems++;
        }
    }
}
