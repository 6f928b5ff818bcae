/** The snapshot file: written in blocks, read back verified. */
@NullMarked
package olympus.hermes.internal.snapshot;

import org.jspecify.annotations.NullMarked;
