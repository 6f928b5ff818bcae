/** Other machines, reached with the system's ssh: looked at, given the agent, let in. */
@NullMarked
package olympus.cli.remote;

import org.jspecify.annotations.NullMarked;
