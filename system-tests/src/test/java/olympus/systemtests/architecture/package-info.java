/** The rules of direction between modules, and the test that holds them. */
@NullMarked
package olympus.systemtests.architecture;

import org.jspecify.annotations.NullMarked;
