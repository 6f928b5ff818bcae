/** API tokens: hashed at rest, known in memory. */
@NullMarked
package olympus.server.tokens;

import org.jspecify.annotations.NullMarked;
