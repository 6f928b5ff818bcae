package olympus.server.http;

import olympus.link.LogGap;

/** What is missing in the lines of an instance, in words. */
final class LogGaps {

    private static final int MAX_SHOWN = 100;

    private LogGaps() {}

    static Answers.LogGap of(LogFanIn.Source source, LogGap gap) {
        var instance = source.instance().toString();
        return new Answers.LogGap(instance, gap.lines(), gap.atLeast(), reason(instance, gap));
    }

    /** A text of a client's as it may be repeated to it. */
    static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static String reason(String instance, LogGap gap) {
        return switch (gap.kind()) {
            case DROPPED ->
                    "%s: %s missing here, dropped before they could be read"
                            .formatted(instance, count(gap));
            case LEFT_OUT -> "%s: older lines left out, %s".formatted(instance, count(gap));
            case NOT_KEPT -> "%s: older lines are not kept any more".formatted(instance);
            case UNKNOWN_POINT ->
                    "%s: the line to go on after is not known on its node; its lines are sent from the requested start"
                            .formatted(instance);
        };
    }

    private static String count(LogGap gap) {
        if (gap.atLeast()) {
            return gap.lines() == 0
                    ? "an unknown number of lines"
                    : "at least %d lines".formatted(gap.lines());
        }
        return gap.lines() == 1 ? "1 line" : "%d lines".formatted(gap.lines());
    }
}
