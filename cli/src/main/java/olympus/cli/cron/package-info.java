/** Crontabs: their lines, and when a line is due. */
@NullMarked
package olympus.cli.cron;

import org.jspecify.annotations.NullMarked;
