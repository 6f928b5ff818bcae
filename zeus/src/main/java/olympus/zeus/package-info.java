/** The cluster controller: turns declared stacks into whole assignments for nodes, and says why. */
@NullMarked
package olympus.zeus;

import org.jspecify.annotations.NullMarked;
