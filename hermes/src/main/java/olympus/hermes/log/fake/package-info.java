/**
 * A log in memory, with a simulated disk that can crash, fill up and lose answers: for tests of
 * everything above it.
 */
@NullMarked
package olympus.hermes.log.fake;

import org.jspecify.annotations.NullMarked;
