package olympus.link;

/**
 * Lines of an instance that its reader does not get.
 *
 * @param lines known to be missing
 * @param atLeast whether there may be more than those
 */
public record LogGap(Kind kind, long lines, boolean atLeast) {

    /** Why they are missing. */
    public enum Kind {
        /** They were lost before they could be sent: rotated away, disk full, damaged. */
        DROPPED,
        /** They are older than the last so many that were asked for. */
        LEFT_OUT,
        /** What is older than the oldest line sent is not kept any more. */
        NOT_KEPT,
        /** The line to go on after is not known here: sent is what was asked for otherwise. */
        UNKNOWN_POINT
    }
}
