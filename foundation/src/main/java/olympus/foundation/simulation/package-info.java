/**
 * Seams for tests and seeded simulations: a clock that moves when told to, and a loop that runs on
 * it.
 */
@NullMarked
package olympus.foundation.simulation;

import org.jspecify.annotations.NullMarked;
