/** Tests of the agent's parts. */
@NullMarked
package olympus.agent.internal;

import org.jspecify.annotations.NullMarked;
