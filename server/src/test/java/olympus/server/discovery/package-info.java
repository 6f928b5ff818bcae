@NullMarked
package olympus.server.discovery;

import org.jspecify.annotations.NullMarked;
