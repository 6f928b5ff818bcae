package olympus.server.group;

import java.util.Optional;

/**
 * What a newcomer says of itself.
 *
 * @param token with which it may join
 * @param node its id, the same at each attempt
 * @param name what people call its machine
 * @param peers {@code host:port} under which other servers reach it
 * @param agents {@code host:port} under which agents reach it
 * @param version of its program
 * @param featureLevel the newest that it understands; empty for a program that knows of none
 */
public record JoinRequest(
        String token,
        String node,
        String name,
        String peers,
        String agents,
        String version,
        Optional<Integer> featureLevel) {

    /** Shows no token. */
    @Override
    public String toString() {
        return "JoinRequest[%s, %s, %s]".formatted(node, name, peers);
    }
}
