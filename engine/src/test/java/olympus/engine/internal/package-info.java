@NullMarked
package olympus.engine.internal;

import org.jspecify.annotations.NullMarked;
