/** Tests of the command line, against an HTTPS server of the JDK. */
@NullMarked
package olympus.cli;

import org.jspecify.annotations.NullMarked;
