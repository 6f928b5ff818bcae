/** The replicated state as a pure function of its log: no clock, no file, no thread. */
@NullMarked
package olympus.hermes.internal.state;

import org.jspecify.annotations.NullMarked;
