package olympus.model.stack.container;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.json.EnumWords;

/**
 * What a container is made from.
 *
 * @param reference name with tag or digest, as written; for a {@code build} without {@code image}
 *     the name that Compose would give: {@code <project>-<service>}
 * @param platform e.g. {@code linux/arm64}; empty for the engine's own
 * @param build how the image is made when it is not there, empty when it is only pulled
 */
public record Image(
        String reference, PullPolicy pull, Optional<String> platform, Optional<Build> build) {

    /** The same under another name. */
    public Image with(String other) {
        return new Image(other, pull, platform, build);
    }

    /** Compose's {@code pull_policy}. */
    public enum PullPolicy implements EnumWords.Spelled {
        ALWAYS,
        MISSING,
        NEVER,
        BUILD,
        DAILY,
        WEEKLY;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A build from a folder of this machine.
     *
     * @param context absolute path of the folder
     * @param dockerfile relative to the context
     */
    public record Build(
            String context,
            String dockerfile,
            Optional<String> inlineDockerfile,
            Map<String, String> arguments,
            Optional<String> target,
            Map<String, String> labels,
            List<String> cacheFrom,
            List<String> extraHosts,
            Optional<String> network,
            Optional<Long> shmBytes,
            boolean noCache,
            boolean pull) {
        public Build {
            arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
            cacheFrom = List.copyOf(cacheFrom);
            extraHosts = List.copyOf(extraHosts);
        }
    }
}
