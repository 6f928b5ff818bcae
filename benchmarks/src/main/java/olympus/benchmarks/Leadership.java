package olympus.benchmarks;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;

/** Who leads a {@link Trio}. */
final class Leadership {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private Leadership() {}

    /** Waits until all three members follow one of them. */
    static int await(Trio trio) throws TimeoutException {
        var found = new int[] {-1};
        Waiting.until(
                DEADLINE,
                INTERVAL,
                () -> "the three members of " + trio.name() + " follow one of them",
                () -> {
                    var leader = agreed(trio);
                    found[0] = leader.orElse(-1);
                    return leader.isPresent();
                });
        return found[0];
    }

    private static OptionalInt agreed(Trio trio) {
        var leaders = new HashSet<Long>();
        var leading = OptionalInt.empty();
        for (var member = 0; member < trio.clients().size(); member++) {
            try {
                var status = trio.clients().get(member).status();
                leaders.add(status.leader());
                if (status.leads()) {
                    leading = OptionalInt.of(member);
                }
            } catch (StatusRuntimeException away) {
                trio.clients().get(member).dialAgain();
                return OptionalInt.empty();
            }
        }
        return leaders.size() == 1 ? leading : OptionalInt.empty();
    }
}
