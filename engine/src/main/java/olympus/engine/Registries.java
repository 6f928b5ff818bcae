package olympus.engine;

import java.util.List;
import java.util.Optional;

/**
 * What registries tell of images, asked from this machine with what {@code docker login} left and
 * with what the engine trusts. Every call throws {@link EngineException} with a sentence.
 * Threading: any thread; blocks.
 */
public interface Registries {

    /** All tags of the image's repository, as the registry lists them. */
    List<String> tags(String reference);

    /**
     * {@code sha256:…} of what a name with a tag stands for now; empty when there is no such tag.
     */
    Optional<String> digest(String reference);
}
