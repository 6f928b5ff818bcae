/** The rules that the files of this repository keep, and the test that holds them. */
@NullMarked
package olympus.systemtests.repository;

import org.jspecify.annotations.NullMarked;
