/** What users write: a stack folder read into records, with every problem's place. */
@NullMarked
package olympus.model.stack;

import org.jspecify.annotations.NullMarked;
