/** The replicated in-memory store that pushes: what gods, server and front ends use of it. */
@NullMarked
package olympus.hermes;

import org.jspecify.annotations.NullMarked;
