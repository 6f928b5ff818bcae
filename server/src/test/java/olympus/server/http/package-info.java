/** Tests of the HTTP API. */
@NullMarked
package olympus.server.http;

import org.jspecify.annotations.NullMarked;
