/** Tests of the systemd units and of what systemd is told. */
@NullMarked
package olympus.systemtests.systemd;

import org.jspecify.annotations.NullMarked;
