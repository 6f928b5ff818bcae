@NullMarked
package olympus.cli.cron;

import org.jspecify.annotations.NullMarked;
