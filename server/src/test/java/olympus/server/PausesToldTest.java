package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import olympus.link.ExecRequest;
import olympus.link.ExecSession;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.link.Pause;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeReport;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.PauseView;
import org.junit.jupiter.api.Test;

class PausesToldTest {

    private static final NodeId MARS = NodeId.parse("6d9dd7a2-6a06-4f7c-9c5a-0f3d5b3c9c11");

    private static final NodeReport REPORT =
            new NodeReport(
                    MARS,
                    "mars",
                    1,
                    "boot",
                    Assignment.Stamp.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of());

    private final Agents agents = new Agents();
    private final AtomicBoolean leads = new AtomicBoolean(true);
    private final PausesTold told = new PausesTold(new ReportRelay(), agents, leads::get);

    @Test
    void anAgentThatComesBackIsToldWhatIsPausedAndWhatWasResumedMeanwhile() {
        told.seen(paused("stack:shop", "node:venus"));
        connect();
        assertThat(agents.take()).containsExactly(shop(true));

        agents.connected = List.of();
        told.seen(paused("all"));
        assertThat(agents.take()).isEmpty();

        connect();
        assertThat(agents.take())
                .contains(shop(false))
                .endsWith(new Pause(true, Optional.empty(), "because"));
    }

    @Test
    void aConnectedAgentIsToldEachChangeOnceAndStaysPausedWhileAnotherPauseCoversIt() {
        connect();
        told.seen(paused("all", "node:mars"));
        told.seen(paused("all", "node:mars"));
        assertThat(agents.take()).hasSize(1);

        told.seen(paused("all"));
        assertThat(agents.take()).containsExactly(new Pause(true, Optional.empty(), "because"));

        told.seen(paused());
        assertThat(agents.take()).containsExactly(new Pause(false, Optional.empty(), ""));
    }

    @Test
    void onlyWhoLeadsTellsAndWhoComesToLeadTellsAlsoWhatHasEndedMeanwhile() {
        leads.set(false);
        told.seen(paused("stack:shop"));
        connect();
        told.seen(paused("all"));
        told.reported(REPORT);
        assertThat(agents.take()).isEmpty();

        leads.set(true);
        told.reported(REPORT);
        assertThat(agents.take())
                .contains(shop(false))
                .endsWith(new Pause(true, Optional.empty(), "because"));
        told.reported(REPORT);
        assertThat(agents.take()).as("once").isEmpty();

        leads.set(false);
        told.reported(REPORT);
        leads.set(true);
        told.reported(REPORT);
        assertThat(agents.take()).containsExactly(new Pause(true, Optional.empty(), "because"));
    }

    private void connect() {
        agents.connected = List.of(MARS);
        told.connected(MARS, "mars");
    }

    private static Pause shop(boolean paused) {
        return new Pause(paused, Optional.of(new StackName("shop")), paused ? "because" : "");
    }

    private static ClusterView paused(String... scopes) {
        var pauses = new ArrayList<PauseView>();
        for (var scope : scopes) {
            pauses.add(new PauseView(scope, "user:admin", Instant.EPOCH, "because"));
        }
        return new ClusterView(1, List.of(), List.of(), List.of(), pauses);
    }

    private static final class Agents implements ServerSide.Agents {

        @Override
        public Optional<String> advertised(NodeId node) {
            return Optional.empty();
        }

        @Override
        public Optional<String> seenFrom(NodeId node) {
            return Optional.empty();
        }

        private List<NodeId> connected = List.of();
        private final List<Pause> pauses = new ArrayList<>();

        List<Pause> take() {
            var taken = List.copyOf(pauses);
            pauses.clear();
            return taken;
        }

        @Override
        public void assign(Assignment assignment, Map<SecretRef, String> secrets) {}

        @Override
        public void eventsRecorded(NodeId node, long upToSequence) {}

        @Override
        public void pause(NodeId node, Pause pause) {
            pauses.add(pause);
        }

        @Override
        public void leased(NodeId node, LeaseGrant grant) {}

        @Override
        public Runnable streamLogs(NodeId node, LogRequest request, LogSink sink) {
            return () -> {};
        }

        @Override
        public CompletionStage<NodeAnswer> ask(NodeId node, NodeQuestion question) {
            return CompletableFuture.failedStage(new AssertionError("asked " + question));
        }

        @Override
        public CompletionStage<ExecSession> exec(NodeId node, ExecRequest request) {
            return CompletableFuture.failedStage(new AssertionError("asked " + request));
        }

        @Override
        public List<NodeId> connected() {
            return connected;
        }
    }
}
