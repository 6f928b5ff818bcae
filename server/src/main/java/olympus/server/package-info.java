/**
 * The composition root: wires store, controllers, agent, HTTP API and security into one process.
 */
@NullMarked
package olympus.server;

import org.jspecify.annotations.NullMarked;
