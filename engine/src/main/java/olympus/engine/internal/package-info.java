/** How engines are spoken to: HTTP over a socket, JSON, archives. Closed to other modules. */
@NullMarked
package olympus.engine.internal;

import org.jspecify.annotations.NullMarked;
