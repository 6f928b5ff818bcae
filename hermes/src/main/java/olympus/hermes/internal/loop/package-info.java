/** The loop that owns the state, and what hangs on it: batches, watches, archive, snapshots. */
@NullMarked
package olympus.hermes.internal.loop;

import org.jspecify.annotations.NullMarked;
