/** Tests of the configuration. */
@NullMarked
package olympus.server.config;

import org.jspecify.annotations.NullMarked;
