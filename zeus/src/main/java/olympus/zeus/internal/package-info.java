/**
 * The inside of the cluster controller: pure planning on records, and the shells that feed and
 * carry it out.
 */
@NullMarked
package olympus.zeus.internal;

import org.jspecify.annotations.NullMarked;
