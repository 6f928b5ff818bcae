package olympus.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import olympus.engine.OwnDocker;

/** What an engine told of the starts, ends and health of containers, from the beginning on. */
final class EngineEvents implements AutoCloseable {

    private static final String SERVICE =
            "{{index .Actor.Attributes \"com.docker.compose.project\"}}/{{index .Actor.Attributes \"com.docker.compose.service\"}}";

    private final Path file;
    private final Process docker;

    EngineEvents(OwnDocker engine, Path folder) throws IOException {
        file = folder.resolve("events.txt");
        docker =
                new ProcessBuilder(
                                "docker",
                                "--host",
                                engine.address().toString(),
                                "events",
                                "--since",
                                "1h",
                                "--filter",
                                "event=start",
                                "--filter",
                                "event=die",
                                "--filter",
                                "event=health_status",
                                "--format",
                                SERVICE + " {{.Action}}")
                        .redirectErrorStream(true)
                        .redirectOutput(file.toFile())
                        .start();
    }

    /**
     * A start of a service's container.
     *
     * @param healthy whether the container of the other service was healthy at that moment
     */
    record Start(String service, boolean healthy, List<String> before) {}

    /** Each start of {@code service}, and what {@code other} was then. */
    List<Start> startsOf(String service, String other) {
        var starts = new ArrayList<Start>();
        var seen = new ArrayList<String>();
        var healthy = false;
        for (var line : ComposeMachine.read(file).lines().toList()) {
            var words = line.split(" ", 2);
            if (words[0].equals(other)) {
                healthy = words[1].equals("health_status: healthy");
                seen.add(line);
            } else if (words[0].equals(service)) {
                if (words[1].equals("start")) {
                    starts.add(new Start(service, healthy, List.copyOf(seen)));
                }
                seen.add(line);
            }
        }
        return starts;
    }

    @Override
    public void close() {
        docker.destroy();
        try {
            if (!docker.waitFor(Duration.ofSeconds(20).toSeconds(), TimeUnit.SECONDS)) {
                docker.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
