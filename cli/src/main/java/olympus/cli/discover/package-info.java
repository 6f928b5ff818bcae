/** What runs on this machine already: looked at, judged, never changed. */
@NullMarked
package olympus.cli.discover;

import org.jspecify.annotations.NullMarked;
