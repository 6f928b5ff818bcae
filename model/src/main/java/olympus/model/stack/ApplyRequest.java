package olympus.model.stack;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.SecretRef;

/**
 * What a client sends to plan or apply: a definition, and the clear texts that its references stand
 * for.
 *
 * <p>The only record whose JSON holds clear text: it travels inside TLS and is never stored or
 * logged.
 *
 * @param secrets clear texts by {@link #key}
 */
public record ApplyRequest(StackDefinition definition, Map<String, String> secrets) {

    public ApplyRequest {
        secrets = Collections.unmodifiableMap(new TreeMap<>(secrets));
    }

    /** {@code NAME@FINGERPRINT}, with nothing after the @ while the fingerprint is not known. */
    public static String key(SecretRef ref) {
        return ref.name() + "@" + ref.fingerprint();
    }

    @Override
    public String toString() {
        return "ApplyRequest[" + definition.name() + ", " + secrets.size() + " secrets]";
    }
}
