package olympus.server.secrets;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.zeus.NodeOrders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends Zeus' assignments to the agents together with the secrets of their instances. When a secret
 * is not known yet (another server stored it a moment ago), the assignment goes out without it and
 * again once it has come.
 *
 * <p>Threading: any thread; never blocks.
 */
public final class OrdersWithSecrets implements NodeOrders {

    private static final Logger LOG = LoggerFactory.getLogger(OrdersWithSecrets.class);

    private final SecretStore secrets;
    private final ServerSide.Agents agents;
    private final Map<NodeId, Assignment> incomplete = new ConcurrentHashMap<>();

    public OrdersWithSecrets(SecretStore secrets, ServerSide.Agents agents) {
        this.secrets = secrets;
        this.agents = agents;
    }

    @Override
    public void assign(Assignment assignment) {
        var resolved = secrets.resolve(assignment);
        if (resolved.missing().isEmpty()) {
            incomplete.remove(assignment.node());
        } else {
            incomplete.put(assignment.node(), assignment);
            LOG.atWarn()
                    .addKeyValue("node", assignment.node())
                    .addKeyValue("missing", resolved.missing())
                    .log("an assignment goes out without some secrets");
        }
        agents.assign(assignment, resolved.clear());
    }

    @Override
    public void eventsRecorded(NodeId node, long upToSequence) {
        agents.eventsRecorded(node, upToSequence);
    }

    @Override
    public void leased(NodeId node, LeaseGrant grant) {
        agents.leased(node, grant);
    }

    /** Tries again what went out incomplete. */
    public void secretsChanged() {
        List.copyOf(incomplete.values()).forEach(this::assign);
    }
}
