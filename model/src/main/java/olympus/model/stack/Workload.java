package olympus.model.stack;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.SecretRef;

/** How an instance of a service runs; one variant per driver. */
public sealed interface Workload {

    /** The word for it in status: {@code process}, later {@code container} and {@code unit}. */
    String driver();

    /**
     * A host process.
     *
     * <p>{@code command}, environment literals and probe addresses may contain {@code
     * ${OLYMPUS_PORT}}, {@code ${OLYMPUS_PORT_<NAME>}}, {@code ${OLYMPUS_INSTANCE}}, {@code
     * ${OLYMPUS_SERVICE}}, {@code ${OLYMPUS_STACK}} and {@code ${OLYMPUS_ORDINAL}}; these are
     * replaced for each instance when it starts, and are given as environment variables too.
     *
     * @param command program and arguments, never empty; a single string in the file is run by
     *     {@code /bin/sh -c}
     * @param user name or number, optionally {@code :group}; empty for the agent's own
     * @param workingDirectory absolute; empty for the stack's directory
     */
    record Process(
            List<String> command,
            Optional<String> user,
            Optional<String> workingDirectory,
            Map<String, EnvironmentValue> environment)
            implements Workload {

        public Process {
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a process needs a command");
            }
            command = List.copyOf(command);
            environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        }

        @Override
        public String driver() {
            return "process";
        }
    }

    /** What an environment variable is set to. */
    sealed interface EnvironmentValue {
        record Literal(String value) implements EnvironmentValue {}

        /** Replaced by the clear text only in the memory of the agent that starts the instance. */
        record Secret(SecretRef ref) implements EnvironmentValue {}
    }
}
