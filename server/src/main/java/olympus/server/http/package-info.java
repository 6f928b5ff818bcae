/** The HTTP API: what stands in {@code docs/reference/http-api.md}, over TLS, behind tokens. */
@NullMarked
package olympus.server.http;

import org.jspecify.annotations.NullMarked;
