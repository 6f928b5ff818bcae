/** Tests of the whole product and of the repository itself. */
@NullMarked
package olympus.systemtests;

import org.jspecify.annotations.NullMarked;
