/**
 * Who this installation is and what proves it: node.json, the realm's authorities, certificates,
 * and the key that seals secrets.
 */
@NullMarked
package olympus.link.keys;

import org.jspecify.annotations.NullMarked;
