@NullMarked
package olympus.hermes.internal.state;

import org.jspecify.annotations.NullMarked;
