package olympus.model.stack.container;

import java.util.List;
import java.util.Optional;
import olympus.model.SecretRef;

/** Something that appears at {@code target} inside a container. */
public sealed interface Mount {

    String target();

    /** A named volume. */
    record Named(
            Volume volume,
            String target,
            boolean readOnly,
            boolean noCopy,
            Optional<String> subpath)
            implements Mount {}

    /** A volume without a name, that goes with its container. */
    record Anonymous(String target) implements Mount {}

    /**
     * A file or folder of the machine.
     *
     * @param source absolute path
     * @param createSource whether a missing source becomes an empty folder (Compose's short syntax)
     * @param relabel {@code z} or {@code Z} for SELinux
     */
    record Bind(
            String source,
            String target,
            boolean readOnly,
            boolean createSource,
            Optional<String> propagation,
            Optional<String> relabel)
            implements Mount {}

    /**
     * A filesystem in memory.
     *
     * @param options further mount options of Compose's short syntax, e.g. {@code noexec} or {@code
     *     uid=1000}
     */
    record Tmpfs(
            String target, Optional<Long> sizeBytes, Optional<Integer> mode, List<String> options)
            implements Mount {
        public Tmpfs {
            options = List.copyOf(options);
        }
    }

    /**
     * A config or secret as a file.
     *
     * @param mode permission bits
     */
    record Content(
            String target,
            Source source,
            Optional<String> uid,
            Optional<String> gid,
            Optional<Integer> mode)
            implements Mount {}

    /** Where the bytes of a config or secret come from. */
    sealed interface Source {
        /** A file of the machine, bound read-only. */
        record File(String path) implements Source {}

        /** Written in the Compose file. */
        record Inline(String text) implements Source {}

        /** A secret of the stack; in clear only in memory and in the container. */
        record Secret(SecretRef ref) implements Source {}
    }
}
