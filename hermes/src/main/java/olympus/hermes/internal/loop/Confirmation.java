package olympus.hermes.internal.loop;

import java.util.function.Consumer;

/**
 * A read that must see everything that was acknowledged before it arrived: answered when an entry
 * that was begun after its arrival is applied.
 */
record Confirmation(long deadlineNanos, Runnable answer, Consumer<String> refuse) {}
