package olympus.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import olympus.model.stack.container.Image;

/** The images of an engine. */
public interface Images {

    /** By name, tag, digest or id. */
    Optional<Seen> find(String reference);

    /**
     * Sees to it that the image is there as its pull policy says: pulled with the credentials of
     * {@code ~/.docker/config.json}, or built. Takes minutes; interrupting the thread ends it.
     *
     * @param now decides whether a daily or weekly image is old
     * @param progress told in a few words what is going on
     */
    Seen ensure(Image image, Instant now, Consumer<String> progress);

    /**
     * An image that is there.
     *
     * @param volumes paths that are volumes without a name unless something else is mounted there
     */
    record Seen(
            String id,
            List<String> tags,
            List<String> digests,
            Instant tagged,
            List<String> volumes,
            boolean hasHealthCheck) {
        public Seen {
            tags = List.copyOf(tags);
            digests = List.copyOf(digests);
            volumes = List.copyOf(volumes);
        }
    }
}
