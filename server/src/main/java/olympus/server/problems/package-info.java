/** What does not work although the server serves. */
@NullMarked
package olympus.server.problems;

import org.jspecify.annotations.NullMarked;
