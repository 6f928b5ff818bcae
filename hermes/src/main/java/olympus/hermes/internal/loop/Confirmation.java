package olympus.hermes.internal.loop;

import java.util.function.Consumer;

/**
 * A read that must see everything that was acknowledged before it arrived: answered when what
 * confirms that has been applied.
 */
record Confirmation(long deadlineNanos, Runnable answer, Consumer<String> refuse) {}
