/** Tests of the ground. */
@NullMarked
package olympus.foundation;

import org.jspecify.annotations.NullMarked;
