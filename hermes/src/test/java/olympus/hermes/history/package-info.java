/**
 * What clients asked and were answered, and whether one copy of the data could have answered so.
 */
@NullMarked
package olympus.hermes.history;

import org.jspecify.annotations.NullMarked;
