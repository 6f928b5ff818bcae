@NullMarked
package olympus.engine;

import org.jspecify.annotations.NullMarked;
