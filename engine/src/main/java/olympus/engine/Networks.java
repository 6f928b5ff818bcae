package olympus.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking.Attachment;

/** The networks of an engine. */
public interface Networks {

    List<Seen> list();

    Optional<Seen> find(String name);

    /** As declared, with these labels besides; leaves one that is there as it is. */
    void ensure(Network network, Map<String, String> labels);

    /**
     * With the attachment's own aliases and these.
     *
     * @param links {@code container:alias}
     */
    void connect(Attachment attachment, String container, List<String> aliases, List<String> links);

    /** False when it is not there or somebody uses it. */
    boolean removeUnused(String name);

    /**
     * A network that is there.
     *
     * @param containers names of those on it, as far as the engine told
     */
    record Seen(
            String id,
            String name,
            String driver,
            boolean internal,
            Map<String, String> labels,
            List<String> containers) {
        public Seen {
            labels = Map.copyOf(labels);
            containers = List.copyOf(containers);
        }
    }
}
