/**
 * The door to the consensus engine: an ordered, durable log of opaque entries. No engine type
 * appears here.
 */
@NullMarked
package olympus.hermes.log;

import org.jspecify.annotations.NullMarked;
