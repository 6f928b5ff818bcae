/** The store looked at and repaired without opening it. */
@NullMarked
package olympus.hermes.store;

import org.jspecify.annotations.NullMarked;
