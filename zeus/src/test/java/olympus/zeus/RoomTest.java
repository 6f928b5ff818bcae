package olympus.zeus;

import static olympus.zeus.Stacks.machine;
import static olympus.zeus.Stacks.reserving;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What has ended for good on a node that has room for one service only: a job that has completed
 * gives its room back and asks for it before it starts anew; what was given up keeps it.
 */
final class RoomTest {

    private static final ServiceId JOB = ServiceId.parse("first/job");
    private static final long MEBIBYTES = 700;

    private final Island island = new Island(3, 1);

    @BeforeEach
    void tellFacts() {
        island.machine = Optional.of(machine(2, 1_024, 0));
        island.connect(island.agent());
    }

    @Test
    void whatHasCompletedStartsAnewOnlyWhereThereIsRoom() {
        declareJob("once");
        assertThat(island.service("first/job").state()).isEqualTo("completed");
        declareWeb(1);
        assertThat(island.service("second/web").state()).isEqualTo("running");
        var before = runToken();

        assertThatThrownBy(this::startJob)
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("first/job.1 cannot start anew where it is: node1 has")
                .hasMessageContaining("memory free, and it needs 700");
        island.run(Duration.ofSeconds(5));
        assertThat(runToken()).isEqualTo(before);

        declareWeb(0);
        startJob();
        island.run(Duration.ofSeconds(5));
        assertThat(runToken()).isNotEqualTo(before);
        assertThat(island.service("first/job").state()).isEqualTo("completed");
    }

    @Test
    void whatWasGivenUpKeepsItsRoomAndStartsAnewInIt() {
        declareJob("never");
        assertThat(island.service("first/job").state()).isEqualTo("failed");
        declareWeb(1);
        assertThat(island.service("second/web").reason())
                .contains("node1 has", "memory free, and it needs 700");
        var before = runToken();

        startJob();
        island.run(Duration.ofSeconds(5));
        assertThat(runToken()).isNotEqualTo(before);
        assertThat(island.service("second/web").instances()).isEmpty();
    }

    @Test
    void anAgentIsNotToldOfRoom() {
        declareWeb(1);

        assertThat(island.assignments).isNotEmpty();
        for (var spec : island.assignments.getLast().instances()) {
            assertThat(spec.definition().deploy().reservations()).isEmpty();
            assertThat(spec.definition().deploy().placement()).isEmpty();
        }
    }

    private void declareJob(String command) {
        island.apply(
                reserving("job", 0, MEBIBYTES, 0, stack("first", service("job").command(command))));
        island.run(Duration.ofSeconds(5));
    }

    private void declareWeb(int replicas) {
        island.apply(
                reserving(
                        "web",
                        0,
                        MEBIBYTES,
                        0,
                        stack("second", service("web").replicas(replicas))));
        island.run(Duration.ofSeconds(5));
    }

    private void startJob() {
        island.now(island.zeus.start(JOB, Optional.empty(), Island.ANA));
    }

    private String runToken() {
        return island.service("first/job").instances().getFirst().observed().runToken();
    }
}
