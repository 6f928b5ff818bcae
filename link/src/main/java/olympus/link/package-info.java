/**
 * The protocol between agent and server: messages, streams, enrolment, and the certificates that
 * both sides trust.
 */
@NullMarked
package olympus.link;

import org.jspecify.annotations.NullMarked;
