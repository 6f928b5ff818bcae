package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Compose files say before it is resolved against folders, variables and resources. */
final class ComposeSettings {

    private ComposeSettings() {}

    /**
     * A text of a mapping or list.
     *
     * @param filled holds the value of a variable
     */
    record Text(String value, boolean filled) {}

    record Extension(Located<String> service, Optional<Located<String>> file) {}

    record Inclusion(
            List<Located<String>> paths,
            Optional<Located<String>> directory,
            List<Located<String>> environmentFiles) {}

    /**
     * @param published empty: any free port
     */
    record Port(
            Place place,
            Optional<String> name,
            String hostAddress,
            Optional<Range> published,
            Range target,
            PortSpec.Protocol protocol) {}

    record Range(int first, int last) {
        int count() {
            return last - first + 1;
        }
    }

    /** A volume of a service, in either syntax. */
    sealed interface MountSetting {
        Place place();

        String target();

        /** A name under {@code volumes:}. */
        record Named(
                Place place,
                String volume,
                String target,
                boolean readOnly,
                boolean noCopy,
                Optional<String> subpath)
                implements MountSetting {}

        record Anonymous(Place place, String target) implements MountSetting {}

        record Bind(
                Place place,
                Located<String> source,
                String target,
                boolean readOnly,
                boolean createSource,
                Optional<String> propagation,
                Optional<String> relabel)
                implements MountSetting {}

        record Tmpfs(
                Place place,
                String target,
                Optional<Long> sizeBytes,
                Optional<Integer> mode,
                List<String> options)
                implements MountSetting {}
    }

    /** A config or secret that a service gets. */
    record Grant(
            Located<String> source,
            Optional<String> target,
            Optional<String> uid,
            Optional<String> gid,
            Optional<Integer> mode) {}

    /** A network that a service is on. */
    record Attachment(
            List<String> aliases,
            Optional<String> ipv4,
            Optional<String> ipv6,
            List<String> linkLocal,
            Optional<String> mac,
            Map<String, String> driverOptions,
            double priority) {
        static final Attachment PLAIN =
                new Attachment(
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Map.of(),
                        0);
    }

    /** Whether somebody else made a resource, and under which name. */
    record External(boolean external, Optional<String> name) {
        static final External NO = new External(false, Optional.empty());
    }

    record Build(
            Optional<Located<String>> context,
            Optional<String> dockerfile,
            Optional<String> inlineDockerfile,
            Map<String, Located<Optional<Text>>> arguments,
            Optional<String> target,
            Map<String, String> labels,
            List<String> cacheFrom,
            List<String> extraHosts,
            Optional<String> network,
            Optional<Long> shmBytes,
            boolean noCache,
            boolean pull) {}

    /** {@code deploy.restart_policy}. */
    record Restarts(
            Optional<RecoveryPolicy.Restart> condition,
            Optional<Duration> delay,
            Optional<Integer> attempts,
            Optional<Duration> window) {}
}
