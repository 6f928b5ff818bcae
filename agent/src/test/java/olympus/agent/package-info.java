/** Tests of the agent with real processes. */
@NullMarked
package olympus.agent;

import org.jspecify.annotations.NullMarked;
