package olympus.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Execution;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Logging;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Privileges;
import olympus.model.stack.container.Project;
import olympus.model.stack.container.Tuning;

/** Workloads for tests of engines: without a network. */
final class Workloads {

    static final Project PROJECT =
            new Project("p", "web", Optional.empty(), "/srv/p", List.of("/srv/p/compose.yaml"));

    private Workloads() {}

    static Workload.Container shell(String script) {
        return new Workload.Container(
                PROJECT,
                new Image(
                        TestEngine.IMAGE,
                        Image.PullPolicy.NEVER,
                        Optional.empty(),
                        Optional.empty()),
                Execution.of(Optional.of(List.of("/bin/sh", "-c", script))),
                Map.of(),
                Map.of(),
                Networking.of(Optional.of("none"), List.of()),
                List.of(),
                Optional.empty(),
                Privileges.NONE,
                Tuning.NONE,
                Logging.DEFAULT);
    }
}
