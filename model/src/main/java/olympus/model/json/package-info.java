/** Records as JSON: strict, stable, readable, the same in the store, on disk and in the API. */
@NullMarked
package olympus.model.json;

import org.jspecify.annotations.NullMarked;
