/** Tests of the simulation's seams. */
@NullMarked
package olympus.foundation.simulation;

import org.jspecify.annotations.NullMarked;
