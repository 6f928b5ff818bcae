@NullMarked
package olympus.hermes.internal.codec;

import org.jspecify.annotations.NullMarked;
