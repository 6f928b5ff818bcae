package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeReport;

/** What the link asks of an agent, and what an agent tells through it. */
public final class AgentSide {

    private AgentSide() {}

    /**
     * The agent, as the link calls it. Called by link threads; implementations hand over to their
     * loop and return at once.
     */
    public interface Orders {
        /**
         * A whole assignment; the agent checks its stamp and answers an older one with {@link
         * Reports#refused}.
         */
        void assign(Assignment assignment, Map<SecretRef, String> secrets);

        /** The server has recorded every event up to this sequence: they need not be sent again. */
        void eventsRecorded(long upToSequence);

        /**
         * Halts or resumes automatic action, for one stack or (empty) the whole node. Kept on the
         * agent's disk.
         */
        void pause(Pause pause);

        /**
         * Sends stored (and, with follow, coming) lines to {@code sink} until cancelled; the
         * returned handle cancels.
         */
        Runnable streamLogs(LogRequest request, LogSink sink);

        /**
         * Finds out, or does, what is asked. The stage fails with an {@link
         * olympus.foundation.OlympusException} whose sentence reaches whoever asked.
         */
        CompletionStage<NodeAnswer> ask(NodeQuestion question);

        /**
         * Runs a command within an instance, or on the machine, and converses with whoever asked
         * until it ends. What cannot be run is told through {@code call} too.
         */
        void exec(ExecCall call);

        /** An answer to {@link Reports#askForLeases}. */
        void leased(LeaseGrant grant);

        /**
         * The stream to this server is up: send facts, the whole report and all unrecorded events
         * now.
         */
        void connected();
    }

    /**
     * Through which the agent tells; never blocks, drops nothing that {@link Orders#connected}
     * would not repeat.
     */
    public interface Reports {
        void report(NodeReport report);

        /** What the machine has; a server that is too old is not told. */
        void facts(NodeFacts facts);

        void events(List<AgentEvent> events);

        void refused(Assignment.Stamp refused, Assignment.Stamp inForce, String reason);

        /**
         * Asks for leases of the singletons on this node; whoever leads answers with {@link
         * Orders#leased}. What cannot be sent now is not sent: it would come too late.
         *
         * @param number by which the answer is known
         */
        void askForLeases(long number);
    }

    /**
     * Who the agent is.
     *
     * @param advertised under which address services of this node are reached, as a person said;
     *     empty: that from which servers see it
     */
    public record Identity(NodeId node, String name, String version, Optional<String> advertised) {

        /** A host name or an IP address, without a port. */
        public static final Pattern ADDRESS =
                Pattern.compile(
                        "[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}");

        public Identity {
            advertised
                    .filter(text -> !ADDRESS.matcher(text).matches())
                    .ifPresent(text -> {
                        throw new OlympusException(
                                ErrorCode.INVALID,
                                "--advertise %s: expected a host name or an IP address, without a port"
                                        .formatted(text));
                    });
        }

        /** One that is reached where it is seen. */
        public Identity(NodeId node, String name, String version) {
            this(node, name, version, Optional.empty());
        }
    }
}
