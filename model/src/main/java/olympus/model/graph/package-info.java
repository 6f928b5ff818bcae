/** The dependency graph, derived from declarations. */
@NullMarked
package olympus.model.graph;

import org.jspecify.annotations.NullMarked;
