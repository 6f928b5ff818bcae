/** A group of members over a network and disks that are simulated. */
@NullMarked
package olympus.hermes.simulated;

import org.jspecify.annotations.NullMarked;
