/** Members of a store in processes of their own, which are stopped, killed and asked by clients. */
@NullMarked
package olympus.hermes.processes;

import org.jspecify.annotations.NullMarked;
