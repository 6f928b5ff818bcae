/** Secrets: fingerprints, envelopes, and the clear texts that go out with orders. */
@NullMarked
package olympus.server.secrets;

import org.jspecify.annotations.NullMarked;
