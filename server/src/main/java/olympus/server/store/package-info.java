/** How the server itself uses the store: projections of its own prefixes. */
@NullMarked
package olympus.server.store;

import org.jspecify.annotations.NullMarked;
