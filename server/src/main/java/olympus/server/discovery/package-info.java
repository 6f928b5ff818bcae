/** Where services are reached, and what other programs are told of it in their own formats. */
@NullMarked
package olympus.server.discovery;

import org.jspecify.annotations.NullMarked;
