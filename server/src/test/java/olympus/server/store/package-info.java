@NullMarked
package olympus.server.store;

import org.jspecify.annotations.NullMarked;
