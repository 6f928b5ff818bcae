/** How long one part of the server waits for another. */
@NullMarked
package olympus.server.deadline;

import org.jspecify.annotations.NullMarked;
