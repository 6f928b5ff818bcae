package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * Something an agent did or noticed by itself; becomes an entry of the decision stream.
 *
 * @param sequence counts up for ever per node (kept on its disk), so that a repeated report is
 *     recorded once
 * @param action a verb phrase: {@code restart}, {@code give up}, {@code adopt}, {@code refuse
 *     order}, {@code hold back (brake)} …
 * @param why the sentence that explains it
 * @param result what came of it, e.g. {@code started, pid 123}
 */
public record AgentEvent(
        long sequence,
        Instant at,
        Optional<InstanceId> instance,
        String action,
        String why,
        String result) {}
