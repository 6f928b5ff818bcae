/** Tests of the composition. */
@NullMarked
package olympus.server;

import org.jspecify.annotations.NullMarked;
