@NullMarked
package olympus.hermes;

import org.jspecify.annotations.NullMarked;
