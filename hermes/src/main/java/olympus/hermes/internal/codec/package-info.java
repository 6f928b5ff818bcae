/** Bytes of a log entry and back, checked. */
@NullMarked
package olympus.hermes.internal.codec;

import org.jspecify.annotations.NullMarked;
