/** Files of other tools, written anew as files of Olympus for a person to look at. */
@NullMarked
package olympus.cli.imports;

import org.jspecify.annotations.NullMarked;
