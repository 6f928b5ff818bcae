package olympus.zeus;

import java.time.Duration;

/**
 * Where Zeus runs and how often it looks.
 *
 * @param server name of the server that decides, for the decision log; empty when it has none
 * @param lookAgain looks again after this time even when nothing happened
 * @param coalesce what happens within this time is looked at together
 * @param resendAfter an assignment that its agent has not accepted by then is sent again
 * @param driftGrace an agent gets this long to mend by itself what differs from its assignment
 * @param lossDelay a node that has been away for so long counts as lost: what can run elsewhere is
 *     started there
 */
public record ZeusOptions(
        String server,
        Duration lookAgain,
        Duration coalesce,
        Duration resendAfter,
        Duration driftGrace,
        Duration lossDelay) {

    public static final ZeusOptions DEFAULT =
            new ZeusOptions(
                    "",
                    Duration.ofSeconds(5),
                    Duration.ofMillis(2),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15));

    public static ZeusOptions of(String server) {
        return new ZeusOptions(
                server,
                DEFAULT.lookAgain,
                DEFAULT.coalesce,
                DEFAULT.resendAfter,
                DEFAULT.driftGrace,
                DEFAULT.lossDelay);
    }

    public ZeusOptions withLossDelay(Duration delay) {
        return new ZeusOptions(server, lookAgain, coalesce, resendAfter, driftGrace, delay);
    }
}
