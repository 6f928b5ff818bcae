/** What Olympus keeps in its store: one record, codec and format number per key prefix. */
@NullMarked
package olympus.model.state;

import org.jspecify.annotations.NullMarked;
