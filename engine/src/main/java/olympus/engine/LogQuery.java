package olympus.engine;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which output of a container is wanted.
 *
 * @param terminal whether the container has one ({@link ContainerDetails#terminal})
 * @param since lines from then on, that moment included
 * @param tail only so many of the last lines
 * @param follow whether to wait for more until the container ends
 */
public record LogQuery(
        boolean terminal, Optional<Instant> since, OptionalInt tail, boolean follow) {}
