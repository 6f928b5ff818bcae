package olympus.foundation;

import java.util.function.Supplier;

/** Checks that are always on. A violated invariant is a bug: the loop that meets it stops. */
public final class Invariant {

    private Invariant() {}

    /** Throws {@link Violation} unless {@code holds}. */
    public static void check(boolean holds, String message) {
        if (!holds) {
            throw new Violation(message);
        }
    }

    /** Like {@link #check(boolean, String)}, for messages that are costly to build. */
    public static void check(boolean holds, Supplier<String> message) {
        if (!holds) {
            throw new Violation(message.get());
        }
    }

    /** The state of the program contradicts itself. */
    public static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }
}
