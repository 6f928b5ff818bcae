/** What would happen if machines or servers failed, thought through and put into words. */
@NullMarked
package olympus.server.foresight;

import org.jspecify.annotations.NullMarked;
