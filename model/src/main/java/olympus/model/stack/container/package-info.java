/** What a container is made of, in the words of the Compose specification. */
@NullMarked
package olympus.model.stack.container;

import org.jspecify.annotations.NullMarked;
