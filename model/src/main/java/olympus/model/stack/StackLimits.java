package olympus.model.stack;

import java.nio.charset.StandardCharsets;
import olympus.model.json.RecordCodec;

/**
 * How large a stack may be: the same for whoever reads its files, checks it, plans it and applies
 * it.
 *
 * <p>The bounds follow from the store, which takes values of 512 KiB and transactions of 1 MiB and
 * 1024 operations: a revision is one value, and an apply changes all services in one transaction.
 */
public final class StackLimits {

    public static final int MAX_SERVICES = 500;

    /** Of one service. */
    public static final int MAX_REPLICAS = 1_000;

    /** Of a definition as JSON: a stored revision adds who applied it, when, and a summary. */
    public static final int MAX_DEFINITION_BYTES = 500 << 10;

    private static final RecordCodec<StackDefinition> CODEC =
            RecordCodec.of("stack-definition", 1, StackDefinition.class);

    /** What the server will fill in. */
    private static final String NO_FINGERPRINT = "\"fingerprint\":\"\"";

    private static final int FINGERPRINT_LENGTH = 16;

    private StackLimits() {}

    /** How many bytes the definition takes once its secrets have fingerprints. */
    static long bytes(StackDefinition definition) {
        var text = CODEC.encode(definition);
        var bytes = (long) text.getBytes(StandardCharsets.UTF_8).length;
        for (var at = text.indexOf(NO_FINGERPRINT);
                at >= 0;
                at = text.indexOf(NO_FINGERPRINT, at + 1)) {
            bytes += FINGERPRINT_LENGTH;
        }
        return bytes;
    }
}
