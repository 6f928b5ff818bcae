package olympus.model.stack.container;

import java.util.List;
import java.util.Optional;

/**
 * Under which names the engine and {@code docker compose} know a service, so that either tool can
 * take over from the other.
 *
 * @param name {@code com.docker.compose.project}
 * @param service {@code com.docker.compose.service}
 * @param containerName written in the file; empty: {@code <project>-<service>-<n>}
 * @param workingDirectory {@code com.docker.compose.project.working_dir}
 * @param configFiles absolute paths, {@code com.docker.compose.project.config_files}
 */
public record Project(
        String name,
        String service,
        Optional<String> containerName,
        String workingDirectory,
        List<String> configFiles) {

    public Project {
        configFiles = List.copyOf(configFiles);
    }

    /** The container's name for the instance of this ordinal. */
    public String container(int ordinal) {
        return containerName.orElseGet(() -> "%s-%s-%d".formatted(name, service, ordinal));
    }
}
