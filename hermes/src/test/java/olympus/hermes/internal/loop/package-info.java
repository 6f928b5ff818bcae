@NullMarked
package olympus.hermes.internal.loop;

import org.jspecify.annotations.NullMarked;
