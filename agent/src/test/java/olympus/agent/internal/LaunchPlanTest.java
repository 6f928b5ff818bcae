package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import olympus.agent.Specs;
import olympus.model.NodeId;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a process starts, on the machine where its stack was applied and on others. */
class LaunchPlanTest {

    @TempDir Path folder;

    @Test
    void startsInTheStacksFolderWhereThatIs() {
        assertThat(prepared(Optional.empty(), folder, "/bin/true"))
                .isInstanceOfSatisfying(
                        LaunchPlan.Ready.class,
                        ready -> assertThat(ready.directory()).isEqualTo(folder));
    }

    @Test
    void startsInAnEmptyFolderOfItsOwnWhereTheStacksIsNotThere() {
        assertThat(prepared(Optional.empty(), folder.resolve("elsewhere"), "/bin/true"))
                .isInstanceOfSatisfying(
                        LaunchPlan.Ready.class,
                        ready ->
                                assertThat(ready.directory())
                                        .isEqualTo(folder.resolve("instances/shop/web.1/empty"))
                                        .isEmptyDirectory());
    }

    @Test
    void whatIsMissedThereIsToldWithTheReason() {
        var elsewhere = folder.resolve("elsewhere");
        assertThat(prepared(Optional.empty(), elsewhere, "./server"))
                .isEqualTo(
                        new LaunchPlan.Impossible(
                                "the executable %s/instances/shop/web.1/empty/./server does not exist; the stack's folder %s is not on this machine, so that it was to start in an empty one"
                                        .formatted(folder, elsewhere),
                                true));
    }

    @Test
    void aDeclaredOneMustBeThere() {
        var elsewhere = folder.resolve("elsewhere");
        assertThat(prepared(Optional.of(elsewhere.toString()), folder, "/bin/true"))
                .isEqualTo(
                        new LaunchPlan.Impossible(
                                "the working directory %s does not exist on this machine"
                                        .formatted(elsewhere),
                                true));
    }

    private LaunchPlan prepared(
            Optional<String> workingDirectory, Path stackFolder, String command) {
        var process =
                new Workload.Process(
                        List.of(command), Optional.empty(), workingDirectory, Map.of());
        var spec = Specs.of(stackFolder, "shop/web.1", command).process(process).build();
        var there =
                new InstanceSpec(
                        spec.id(),
                        spec.runToken(),
                        spec.desired(),
                        spec.desiredReason(),
                        spec.definition(),
                        stackFolder.toString(),
                        spec.ports());
        return LaunchPlan.prepare(
                there,
                Map.of(),
                new Accounts(Posix.effectiveUser()),
                new InstanceFolders(folder, new NodeId(new UUID(0, 1))));
    }
}
