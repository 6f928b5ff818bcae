package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.link.keys.NodeUri;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeReport;

/** What the link tells a server, and what a server orders through it. */
public final class ServerSide {

    private ServerSide() {}

    /**
     * The server, as the link calls it. Called by link threads, in order per node; must hand over
     * and return at once.
     */
    public interface Listener {
        /**
         * @param name as {@link Island#name} has it, else as the agent says
         */
        void connected(NodeId node, String name);

        void disconnected(NodeId node, String reason);

        void reported(NodeReport report);

        /** What the machine has. An agent that is too old never tells it. */
        void facts(NodeId node, NodeFacts facts);

        /** Answer with {@link Agents#eventsRecorded} once they are in the decision stream. */
        void happened(NodeId node, List<AgentEvent> events);

        void refused(
                NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason);

        /** To be answered, by who leads, with {@link Agents#leased}. */
        void askedForLeases(NodeId node, long number);
    }

    /**
     * Who belongs to the island, as the link asks the server. Threading: any thread; never blocks.
     */
    public interface Island {
        /**
         * Why an agent with this certificate is not taken, in a sentence that says what to do;
         * empty when it is.
         *
         * @param key fingerprint of the certificate's key
         */
        Optional<String> refusal(NodeUri node, String key);

        /**
         * What people call the node, by its record: what an agent says of itself is no name that
         * constraints and pauses could go by. Empty when nothing is recorded, or not read yet.
         */
        Optional<String> name(NodeId node);

        /** Where agents reach the servers, as far as this one knows. */
        ServerList servers();

        /**
         * Signs the key that follows the present one, and remembers it. The stage fails with an
         * {@link olympus.foundation.OlympusException} whose sentence reaches the agent.
         *
         * @param key fingerprint of the key with which the agent has proved itself
         */
        CompletionStage<IssuedCertificate> renew(
                NodeUri node, String key, CertificateRequest request);
    }

    /** The connected agents. Threading: any thread; never blocks. */
    public interface Agents {
        /**
         * Sends the whole assignment if the node is connected; a newer one replaces one still
         * queued.
         */
        void assign(Assignment assignment, Map<SecretRef, String> secrets);

        void eventsRecorded(NodeId node, long upToSequence);

        void pause(NodeId node, Pause pause);

        /** Answers a node that asked, if it is still connected. */
        void leased(NodeId node, LeaseGrant grant);

        /**
         * Asks the node for lines; the returned handle cancels. A node that is not connected ends
         * the sink with an error.
         */
        Runnable streamLogs(NodeId node, LogRequest request, LogSink sink);

        /**
         * Asks the node. The stage fails with an {@link olympus.foundation.OlympusException}: with
         * the agent's own reason, or because the node is not connected, went away, is too old or
         * did not answer in time. It completes on the link's loop: what follows must not block.
         */
        CompletionStage<NodeAnswer> ask(NodeId node, NodeQuestion question);

        /**
         * Runs a command within an instance on the node, or on the node itself. The stage completes
         * once it runs, and fails with an {@link olympus.foundation.OlympusException} when it does
         * not.
         */
        CompletionStage<ExecSession> exec(NodeId node, ExecRequest request);

        List<NodeId> connected();

        /**
         * Under which address a node said that it is reached when it was connected last since this
         * server was started, if it was told one.
         */
        Optional<String> advertised(NodeId node);

        /**
         * The address from which a node has come over the network when it was connected last since
         * this server was started; empty for one of this process.
         */
        Optional<String> seenFrom(NodeId node);
    }
}
