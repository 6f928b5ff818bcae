package olympus.zeus;

import java.time.Duration;

/**
 * How often Zeus looks.
 *
 * @param lookAgain looks again after this time even when nothing happened
 * @param coalesce what happens within this time is looked at together
 * @param resendAfter an assignment that its agent has not accepted by then is sent again
 * @param driftGrace an agent gets this long to mend by itself what differs from its assignment
 */
public record ZeusOptions(
        Duration lookAgain, Duration coalesce, Duration resendAfter, Duration driftGrace) {

    public static final ZeusOptions DEFAULT =
            new ZeusOptions(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(2),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5));
}
