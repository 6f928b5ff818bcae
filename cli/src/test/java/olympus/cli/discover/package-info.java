@NullMarked
package olympus.cli.discover;

import org.jspecify.annotations.NullMarked;
