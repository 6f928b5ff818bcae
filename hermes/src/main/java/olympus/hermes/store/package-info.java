/**
 * The store's files read without opening the store: layout, segments, verification, repair and skip
 * list.
 */
@NullMarked
package olympus.hermes.store;

import org.jspecify.annotations.NullMarked;
