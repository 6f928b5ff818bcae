@NullMarked
package olympus.server.nodes;

import org.jspecify.annotations.NullMarked;
