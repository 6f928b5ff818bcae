/**
 * The ground every part stands on: ids, errors, invariants and the seams to time and threads. JDK
 * only.
 */
@NullMarked
package olympus.foundation;

import org.jspecify.annotations.NullMarked;
