package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import olympus.agent.Specs;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.link.AgentSide;
import olympus.model.NodeId;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers hear of an agent, over simulated time. */
class AgentWithFakeRunsTest {

    private static final Duration START = Duration.ofMillis(100);
    private static final Duration STOP = Duration.ofMillis(50);
    private static final Duration TOLD = Duration.ofMillis(100);
    private static final NodeFacts FACTS =
            new NodeFacts(
                    new NodeFacts.Platform("linux", "amd64", "none", "6"),
                    new NodeFacts.Processors(4, "none", Optional.empty()),
                    1L << 30,
                    List.of(),
                    List.of(),
                    List.of());

    @TempDir Path folder;

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedLoop loop = new SimulatedLoop(clock);

    /** An agent, and what it has told. */
    private final class Node implements AgentSide.Reports {
        final NodeId id;
        final Path root;
        final AgentWithFakeRuns agent;
        final List<NodeReport> reports = new ArrayList<>();
        final List<String> told = new ArrayList<>();
        final List<String> refusals = new ArrayList<>();
        long generation;

        Node(String name) {
            id =
                    new NodeId(
                            UUID.nameUUIDFromBytes(
                                    name.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            root = folder.resolve(name);
            agent =
                    new AgentWithFakeRuns(
                            root,
                            new AgentSide.Identity(id, name, "test"),
                            clock,
                            new Random(1),
                            loop,
                            FACTS,
                            new FakeRuns(
                                    START, STOP, spec -> pid(spec.runToken()), _ -> {}, _ -> {}));
            agent.start(this);
            loop.runReady();
        }

        void assign(Specs... specs) {
            var instances = Arrays.stream(specs).map(Specs::build).toList();
            var stacks = instances.stream().map(spec -> spec.id().service().stack()).distinct();
            agent.assign(
                    new Assignment(
                            id,
                            new Assignment.Stamp(1, 1, ++generation),
                            stacks.toList(),
                            instances),
                    Map.of());
            loop.runReady();
        }

        List<InstanceObservation> seen() {
            return reports.getLast().instances();
        }

        @Override
        public void report(NodeReport report) {
            reports.add(report);
            told.add("report");
        }

        @Override
        public void facts(NodeFacts facts) {
            told.add("facts");
        }

        @Override
        public void events(List<AgentEvent> events) {
            agent.eventsRecorded(events.getLast().sequence());
        }

        @Override
        public void refused(Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
            refusals.add(reason);
        }

        @Override
        public void askForLeases(long number) {
            told.add("leases");
        }
    }

    private static long pid(String token) {
        return token.hashCode() & 0x7fff_ffffL;
    }

    private Specs web(String token) {
        return Specs.of(folder, "first/web.1", "sleep", "1").token(token);
    }

    @Test
    void whatTheMachineHasIsToldBeforeTheFirstReport() {
        var told = new Node("mars").told;
        assertThat(told).startsWith("facts").endsWith("report").containsOnlyOnce("report");
    }

    @Test
    void anInstanceIsReportedOnceItIsUpAndANewRunTakesItsPlace() {
        var node = new Node("mars");
        node.assign(web("one"));
        loop.runFor(START.minusMillis(1));
        assertThat(node.seen()).singleElement().matches(seen -> seen.state() == State.STARTING);
        loop.runFor(TOLD);
        assertThat(node.seen())
                .singleElement()
                .matches(seen -> seen.state() == State.RUNNING && seen.pid() == pid("one"));

        node.assign(web("two"));
        loop.runFor(STOP.plus(START).plus(TOLD));
        assertThat(node.seen())
                .singleElement()
                .matches(seen -> seen.state() == State.RUNNING && seen.pid() == pid("two"));

        node.assign();
        loop.runFor(STOP.plus(TOLD));
        assertThat(node.seen()).isEmpty();
    }

    @Test
    void whatIsWithdrawnWhileItStartsNeverRuns() {
        var node = new Node("mars");
        node.assign(web("one"));
        loop.runFor(START.dividedBy(2));
        node.assign();
        loop.runFor(START.plus(STOP).plus(TOLD));
        assertThat(node.seen()).isEmpty();
        assertThat(node.reports)
                .allMatch(report ->
                        report.instances().stream()
                                .noneMatch(seen -> seen.state() == State.RUNNING));
    }

    @Test
    void atRestItReportsEveryFiveSecondsAndWritesNothing() {
        var node = new Node("mars");
        node.assign(web("one"));
        loop.runFor(Duration.ofSeconds(10));
        var before = node.reports.size();
        var files = files(node.root);
        loop.runFor(Duration.ofMinutes(2));
        // One more when the run counts as stable.
        assertThat(node.reports.size() - before).isBetween(24, 25);
        assertThat(files(node.root)).isEqualTo(files).isNotEmpty();
    }

    @Test
    void anOlderAssignmentIsRefusedWithTheReason() {
        var node = new Node("mars");
        node.assign(web("one"));
        node.generation -= 2;
        node.assign(web("two"));
        assertThat(node.refusals).singleElement().asString().contains("is older than");
    }

    @Test
    void agentsOnOneLoopDoNotDisturbEachOther() {
        var nodes = List.of(new Node("mars"), new Node("venus"), new Node("pluto"));
        nodes.forEach(node -> node.assign(web(node.root.getFileName().toString())));
        nodes.getFirst().agent.close();
        loop.runFor(START.plus(TOLD));
        assertThat(nodes.getFirst().seen()).allMatch(seen -> seen.state() != State.RUNNING);
        assertThat(nodes.subList(1, 3))
                .allSatisfy(node ->
                        assertThat(node.seen())
                                .singleElement()
                                .matches(seen ->
                                        seen.pid() == pid(node.root.getFileName().toString())));
    }

    /** With when each was changed last. */
    private static Map<Path, FileTime> files(Path root) {
        try (var all = Files.walk(root)) {
            var times = new TreeMap<Path, FileTime>();
            for (var file : all.toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
            return times;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
