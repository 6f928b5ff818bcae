package olympus.model.stack;

import java.time.Duration;
import java.util.Optional;

/**
 * That a service never runs twice. Its instance runs only under a lease, which the server that
 * leads renews through the agent; when it runs out, a guardian on the node ends the instance.
 *
 * @param lease for how long a renewal holds, by the node's own clock, from before it was asked for
 */
public record Singleton(Duration lease) {

    public static final Duration SHORTEST = Duration.ofSeconds(3);
    public static final Duration LONGEST = Duration.ofMinutes(10);

    public static final Singleton DEFAULT = new Singleton(Duration.ofSeconds(10));

    /** Clocks of two machines differ by less than one part in this many. */
    private static final int CLOCKS_AGREE_TO = 50;

    /** For looking once a second, and for what a busy machine needs to end a process. */
    private static final Duration MARGIN = Duration.ofSeconds(3);

    /** How often an agent asks for a renewal: one or two may be lost. */
    public Duration renewedEvery() {
        return lease.dividedBy(3);
    }

    /**
     * After this time without a renewal an instance has ended for certain: its lease has run out,
     * its grace period is over, and it has been killed.
     */
    public Duration endedAfter(StopPolicy stop) {
        var span = lease.plus(stop.gracePeriod());
        return span.plus(span.dividedBy(CLOCKS_AGREE_TO)).plus(MARGIN);
    }

    /** The same of a service; empty where it is not a singleton. */
    public static Optional<Duration> endedAfter(ServiceDefinition service) {
        return service.deploy().singleton().map(it -> it.endedAfter(service.stop()));
    }
}
