package olympus.model.stack;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.SecretRef;
import olympus.model.stack.container.Execution;
import olympus.model.stack.container.HealthCheck;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Logging;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Privileges;
import olympus.model.stack.container.Project;
import olympus.model.stack.container.Tuning;

/** How an instance of a service runs; one variant per driver. */
public sealed interface Workload {

    /** The word for it in status: {@code process}, {@code container} or {@code unit}. */
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

    /**
     * A container of the machine's engine (Docker or Podman), named and labelled as {@code docker
     * compose} would, so that either tool can take over from the other.
     *
     * <p>Its whole surroundings are in it: each network and volume as declared for the stack.
     *
     * @param labels of the container, besides those of the project
     * @param healthcheck empty: the image's own, if it has one
     */
    record Container(
            Project project,
            Image image,
            Execution execution,
            Map<String, EnvironmentValue> environment,
            Map<String, String> labels,
            Networking networking,
            List<Mount> mounts,
            Optional<HealthCheck> healthcheck,
            Privileges privileges,
            Tuning tuning,
            Logging logging)
            implements Workload {

        public Container {
            environment = Collections.unmodifiableMap(new TreeMap<>(environment));
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
            mounts = List.copyOf(mounts);
        }

        /** The same with another image. */
        public Container with(Image other) {
            return new Container(
                    project,
                    other,
                    execution,
                    environment,
                    labels,
                    networking,
                    mounts,
                    healthcheck,
                    privileges,
                    tuning,
                    logging);
        }

        /**
         * This as far as another container is needed when it differs: where the files lie and when
         * an image is pulled is not part of it.
         */
        public Container asMade() {
            return new Container(
                    new Project(
                            project.name(),
                            project.service(),
                            project.containerName(),
                            "",
                            List.of()),
                    new Image(
                            image.reference(),
                            Image.PullPolicy.MISSING,
                            image.platform(),
                            image.build()),
                    execution,
                    environment,
                    labels,
                    networking,
                    mounts,
                    healthcheck,
                    privileges,
                    tuning,
                    logging);
        }

        @Override
        public String driver() {
            return "container";
        }
    }

    /**
     * An existing unit of the machine's systemd, watched or managed, not taken over.
     *
     * @param name with its suffix, e.g. {@code postfix.service}
     */
    record Unit(String name) implements Workload {

        @Override
        public String driver() {
            return "unit";
        }
    }

    /** What an environment variable is set to. */
    sealed interface EnvironmentValue {
        record Literal(String value) implements EnvironmentValue {}

        /** Replaced by the clear text only in the memory of the agent that starts the instance. */
        record Secret(SecretRef ref) implements EnvironmentValue {}
    }
}
