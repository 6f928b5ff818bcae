/** What can be set: one table of keys, read from flags, environment and file. */
@NullMarked
package olympus.server.config;

import org.jspecify.annotations.NullMarked;
