/** A machine's container engine (Docker or Podman) as the rest of Olympus sees it. */
@NullMarked
package olympus.engine;

import org.jspecify.annotations.NullMarked;
