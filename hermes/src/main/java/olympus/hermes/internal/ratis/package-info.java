/** The replicated log on Apache Ratis. Nothing outside this package sees one of its types. */
@NullMarked
package olympus.hermes.internal.ratis;

import org.jspecify.annotations.NullMarked;
