package olympus.link;

import java.util.List;
import java.util.Optional;

/** Where log lines go. Calls come in order, one at a time. */
public interface LogSink {

    /**
     * Takes lines; returns false when the receiver is full: the source waits for {@link #ready}
     * before it sends more.
     */
    boolean lines(List<LogLine> lines);

    /** Tells what is missing between the lines before and those that come next. */
    void gap(LogGap gap);

    /** Runs {@code resume} once the receiver can take lines again. */
    void ready(Runnable resume);

    /** Nothing more comes; {@code error} says why if it failed. */
    void end(Optional<String> error);
}
