/**
 * Files of secrets that age or SOPS has encrypted, opened with the keys of who runs the command.
 */
@NullMarked
package olympus.model.encrypted;

import org.jspecify.annotations.NullMarked;
