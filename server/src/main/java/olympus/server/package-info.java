/**
 * The composition root: the one place that sees every part, and wires them into a process by hand.
 */
@NullMarked
package olympus.server;

import org.jspecify.annotations.NullMarked;
