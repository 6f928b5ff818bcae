/**
 * How the agent does it: supervision, the process driver, output and probes. Closed to other
 * modules.
 */
@NullMarked
package olympus.agent.internal;

import org.jspecify.annotations.NullMarked;
