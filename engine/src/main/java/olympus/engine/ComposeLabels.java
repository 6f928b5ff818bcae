package olympus.engine;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import olympus.model.stack.Dependency;
import olympus.model.stack.container.Project;

/** The labels by which {@code docker compose} knows what belongs to a project. */
public final class ComposeLabels {

    public static final String PROJECT = "com.docker.compose.project";
    public static final String SERVICE = "com.docker.compose.service";
    public static final String NUMBER = "com.docker.compose.container-number";
    public static final String ONE_OFF = "com.docker.compose.oneoff";
    public static final String WORKING_DIR = "com.docker.compose.project.working_dir";
    public static final String CONFIG_FILES = "com.docker.compose.project.config_files";
    public static final String CONFIG_HASH = "com.docker.compose.config-hash";
    public static final String IMAGE = "com.docker.compose.image";
    public static final String VERSION = "com.docker.compose.version";
    public static final String DEPENDS_ON = "com.docker.compose.depends_on";
    public static final String NETWORK = "com.docker.compose.network";
    public static final String VOLUME = "com.docker.compose.volume";

    /**
     * In the place of Compose's own version, with who made it; Compose 1 compares it as a version.
     */
    private static final String MAKER = "2.0.0+olympus";

    private ComposeLabels() {}

    /** The labels of a container. */
    public static Map<String, String> container(
            Project project,
            int ordinal,
            String configHash,
            String imageId,
            Map<String, Dependency> dependsOn) {
        var labels = new TreeMap<String, String>();
        labels.put(PROJECT, project.name());
        labels.put(SERVICE, project.service());
        labels.put(NUMBER, Integer.toString(ordinal));
        labels.put(ONE_OFF, "False");
        labels.put(WORKING_DIR, project.workingDirectory());
        labels.put(CONFIG_FILES, String.join(",", project.configFiles()));
        labels.put(CONFIG_HASH, configHash);
        labels.put(IMAGE, imageId);
        labels.put(VERSION, MAKER);
        labels.put(
                DEPENDS_ON,
                dependsOn.entrySet().stream()
                        .map(needed ->
                                "%s:%s:false"
                                        .formatted(
                                                needed.getKey(),
                                                needed.getValue().condition().word()))
                        .collect(Collectors.joining(",")));
        return labels;
    }

    /** The labels by which a container is found again. */
    public static Map<String, String> identity(Project project, int ordinal) {
        return Map.of(
                PROJECT,
                project.name(),
                SERVICE,
                project.service(),
                NUMBER,
                Integer.toString(ordinal),
                ONE_OFF,
                "False");
    }

    public static Map<String, String> network(Project project, String key) {
        return Map.of(PROJECT, project.name(), NETWORK, key, VERSION, MAKER);
    }

    public static Map<String, String> volume(Project project, String key) {
        return Map.of(PROJECT, project.name(), VOLUME, key, VERSION, MAKER);
    }

    /** Whether what has these labels was made by Olympus. */
    public static boolean isOfOlympus(Map<String, String> labels) {
        return MAKER.equals(labels.get(VERSION));
    }

    /** Which container of which service it is, by its labels; empty for what is none. */
    public static Optional<Identity> of(Map<String, String> labels) {
        var number = labels.getOrDefault(NUMBER, "");
        if (!labels.containsKey(PROJECT)
                || !labels.containsKey(SERVICE)
                || !number.matches("[1-9]\\d{0,5}")
                || labels.getOrDefault(ONE_OFF, "False").equals("True")) {
            return Optional.empty();
        }
        return Optional.of(
                new Identity(labels.get(PROJECT), labels.get(SERVICE), Integer.parseInt(number)));
    }

    /** A container's place in its project. */
    public record Identity(String project, String service, int number) {}
}
