package olympus.hermes.history;

/**
 * Something that a client asked of a register, from the instant at which it asked to that at which
 * it was answered.
 *
 * @param endNanos {@link #NEVER} when nobody knows whether and when it took effect
 */
public record Attempt(Kind kind, long startNanos, long endNanos) {

    public static final long NEVER = Long.MAX_VALUE;

    /** What was asked, and what was answered. A value is never written twice; 0 is an empty one. */
    public sealed interface Kind {

        record Read(int found) implements Kind {}

        record Write(int value) implements Kind {}

        /**
         * {@code done} says whether the answer was that it was set; of an unknown one it is true.
         */
        record CompareAndSet(int expected, int value, boolean done) implements Kind {}
    }

    boolean unknown() {
        return endNanos == NEVER;
    }
}
