@NullMarked
package olympus.hermes.internal.snapshot;

import org.jspecify.annotations.NullMarked;
