package olympus.model.state;

import java.time.Instant;

/**
 * One entry of the stream {@code zeus/decisions}: which action, on which system, why, and what came
 * of it.
 *
 * @param actor {@code zeus}, {@code agent:<node name>}, or {@code user:<token name>}
 * @param action a verb phrase, e.g. {@code restart}
 * @param subject what it was done to: {@code first/web.1}, {@code first/web}, {@code first}, {@code
 *     node:mars}
 * @param node name of the node concerned; where it concerns a stack, a service or the island, of
 *     the server that decided
 */
public record Decision(
        Instant at,
        String actor,
        String action,
        String subject,
        String node,
        String why,
        String result) {}
