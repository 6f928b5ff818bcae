/** The names of things: ids that every part shares. */
@NullMarked
package olympus.model;

import org.jspecify.annotations.NullMarked;
