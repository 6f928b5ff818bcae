package olympus.agent.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import olympus.model.InstanceId;

/**
 * What is wrong at present, in sentences for a person, by what was attempted and for which
 * instance. Threading: safe for use by any thread.
 */
final class Problems {

    private final Map<Key, List<String>> sentences = new ConcurrentHashMap<>();

    /**
     * @param instance empty for what concerns the node
     */
    private record Key(String what, Optional<InstanceId> instance) {}

    void set(String what, String sentence) {
        sentences.put(new Key(what, Optional.empty()), List.of(sentence));
    }

    void set(String what, InstanceId instance, String sentence) {
        set(what, instance, List.of(sentence));
    }

    /** Takes the place of what was said of the same before; no sentences: all is well. */
    void set(String what, InstanceId instance, List<String> all) {
        if (all.isEmpty()) {
            clear(what, instance);
        } else {
            sentences.put(new Key(what, Optional.of(instance)), List.copyOf(all));
        }
    }

    void clear(String what) {
        sentences.remove(new Key(what, Optional.empty()));
    }

    void clear(String what, InstanceId instance) {
        sentences.remove(new Key(what, Optional.of(instance)));
    }

    /** The instance is gone, and with it all that was wrong with it. */
    void forget(InstanceId instance) {
        sentences.keySet().removeIf(key -> key.instance().equals(Optional.of(instance)));
    }

    List<String> all() {
        return sentences.values().stream().flatMap(List::stream).sorted().toList();
    }
}
