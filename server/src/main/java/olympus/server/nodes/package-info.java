/** Machines that run only the agent: letting them in, what they are known by, having them go. */
@NullMarked
package olympus.server.nodes;

import org.jspecify.annotations.NullMarked;
