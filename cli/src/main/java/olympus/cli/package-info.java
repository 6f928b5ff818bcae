/** The {@code olympus} command line, a client of the HTTP API. */
@NullMarked
package olympus.cli;

import org.jspecify.annotations.NullMarked;
