/** Measurements that print their ratio to a peer of the same run. */
@NullMarked
package olympus.benchmarks;

import org.jspecify.annotations.NullMarked;
