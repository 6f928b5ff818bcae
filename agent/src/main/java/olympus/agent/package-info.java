/** The process on each node that carries out assignments, supervises instances and reports. */
@NullMarked
package olympus.agent;

import org.jspecify.annotations.NullMarked;
