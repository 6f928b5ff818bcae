package olympus.model.stack;

import java.util.Map;
import java.util.TreeMap;
import olympus.model.SecretRef;

/**
 * The clear texts that a stack's references stand for, as they were read. Never printed, never
 * stored as they are.
 */
public final class ClearSecrets {

    private final Map<SecretRef, String> texts;

    ClearSecrets(Map<SecretRef, String> texts) {
        this.texts = Map.copyOf(texts);
    }

    public Map<SecretRef, String> texts() {
        return texts;
    }

    /** The body of a plan or apply request. */
    public ApplyRequest with(StackDefinition definition) {
        var byKey = new TreeMap<String, String>();
        texts.forEach((ref, text) -> byKey.put(ApplyRequest.key(ref), text));
        return new ApplyRequest(definition, byKey);
    }

    @Override
    public String toString() {
        return texts.size() + " secrets";
    }
}
