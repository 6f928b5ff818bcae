@NullMarked
package olympus.cli.remote;

import org.jspecify.annotations.NullMarked;
