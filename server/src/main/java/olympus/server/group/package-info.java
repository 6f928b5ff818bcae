/**
 * The servers of the island: who belongs to it, how one comes and goes, and where each is reached.
 */
@NullMarked
package olympus.server.group;

import org.jspecify.annotations.NullMarked;
