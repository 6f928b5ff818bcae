/**
 * The files of a store's log: where they lie, what is in them, whether they hold everything that
 * was acknowledged, and which entries an operator has condemned.
 */
@NullMarked
package olympus.hermes.files;

import org.jspecify.annotations.NullMarked;
