package olympus.server.secrets;

import java.time.Instant;
import java.util.List;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.json.RecordCodec;

/**
 * What is known of a secret that a person set by name: the value of {@code
 * olympus/kept-secrets/<stack>/<name>}. The clear text lies sealed under its {@link SecretRef}.
 *
 * @param fingerprint of the value in force
 * @param earlier fingerprints of values set before, which kept revisions may still refer to
 * @param setBy name of the token
 */
public record KeptSecret(
        StackName stack,
        String name,
        String fingerprint,
        List<String> earlier,
        Instant setAt,
        String setBy) {

    static final RecordCodec<KeptSecret> CODEC = RecordCodec.of("kept-secret", 1, KeptSecret.class);

    public KeptSecret {
        earlier = List.copyOf(earlier);
    }

    /** {@code stack/name}. */
    public String id() {
        return stack + "/" + name;
    }

    /** The value in force. */
    public SecretRef ref() {
        return new SecretRef(stack, name, fingerprint);
    }

    /** Whether {@code ref} stands for a value set before the one in force. */
    boolean isEarlier(SecretRef ref) {
        return isNamed(ref) && earlier.contains(ref.fingerprint());
    }

    /** Whether {@code ref} stands for any value set under this name. */
    boolean isMeant(SecretRef ref) {
        return ref.equals(ref()) || isEarlier(ref);
    }

    private boolean isNamed(SecretRef ref) {
        return ref.stack().equals(stack) && ref.name().equals(name);
    }
}
