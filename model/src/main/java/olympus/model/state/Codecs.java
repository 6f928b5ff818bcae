package olympus.model.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import olympus.model.json.RecordCodec;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;

/**
 * The codec of every record that is stored, kept on an agent's disk or sent. Each has a golden file
 * per format.
 */
public final class Codecs {

    public static final RecordCodec<StackDefinition> STACK_DEFINITION =
            RecordCodec.of("stack-definition", 1, StackDefinition.class);
    public static final RecordCodec<ServiceDefinition> SERVICE_DEFINITION =
            RecordCodec.of("service-definition", 1, ServiceDefinition.class);
    public static final RecordCodec<ApplyRequest> APPLY_REQUEST =
            RecordCodec.of("apply-request", 1, ApplyRequest.class);
    public static final RecordCodec<Assignment> ASSIGNMENT =
            RecordCodec.of("assignment", 2, Assignment.class);
    public static final RecordCodec<InstanceSpec> INSTANCE_SPEC =
            RecordCodec.of("instance-spec", 1, InstanceSpec.class);
    public static final RecordCodec<NodeReport> NODE_REPORT =
            RecordCodec.of("node-report", 2, NodeReport.class);
    public static final RecordCodec<NodeFacts> NODE_FACTS =
            RecordCodec.of("node-facts", 1, NodeFacts.class);
    public static final RecordCodec<InstanceObservation> INSTANCE_OBSERVATION =
            RecordCodec.of("instance-observation", 1, InstanceObservation.class);
    public static final RecordCodec<AgentEvent> AGENT_EVENT =
            RecordCodec.of("agent-event", 1, AgentEvent.class);
    public static final RecordCodec<Decision> DECISION =
            RecordCodec.of("decision", 1, Decision.class);
    public static final RecordCodec<StackPointer> STACK_POINTER =
            RecordCodec.of("stack-pointer", 1, StackPointer.class);
    public static final RecordCodec<StackRevision> STACK_REVISION =
            RecordCodec.of("stack-revision", 1, StackRevision.class);
    public static final RecordCodec<ServiceState> SERVICE_STATE =
            RecordCodec.of("service-state", 1, ServiceState.class);
    public static final RecordCodec<InstanceRecord> INSTANCE_RECORD =
            RecordCodec.of("instance-record", 1, InstanceRecord.class)
                    .alsoReading(Codecs::severalDenials);
    public static final RecordCodec<NodeRecord> NODE_RECORD =
            RecordCodec.of("node-record", 1, NodeRecord.class);
    public static final RecordCodec<NodeAway> NODE_AWAY =
            RecordCodec.of("node-away", 1, NodeAway.class);
    public static final RecordCodec<NodeSpec> NODE_SPEC =
            RecordCodec.of("node-spec", 1, NodeSpec.class);
    public static final RecordCodec<ExternalNode> EXTERNAL_NODE =
            RecordCodec.of("external-node", 1, ExternalNode.class);
    public static final RecordCodec<NodeLost> NODE_LOST =
            RecordCodec.of("node-lost", 1, NodeLost.class);
    public static final RecordCodec<PauseRecord> PAUSE_RECORD =
            RecordCodec.of("pause-record", 1, PauseRecord.class);
    public static final RecordCodec<AskedOfNode> ASKED_OF_NODE =
            RecordCodec.of("asked-of-node", 1, AskedOfNode.class);
    public static final RecordCodec<AnsweredByNode> ANSWERED_BY_NODE =
            RecordCodec.of("answered-by-node", 1, AnsweredByNode.class);

    /** All of them; a test compares this list with the fields above. */
    public static final List<RecordCodec<?>> ALL =
            List.of(
                    STACK_DEFINITION,
                    SERVICE_DEFINITION,
                    APPLY_REQUEST,
                    ASSIGNMENT,
                    INSTANCE_SPEC,
                    NODE_REPORT,
                    NODE_FACTS,
                    INSTANCE_OBSERVATION,
                    AGENT_EVENT,
                    DECISION,
                    STACK_POINTER,
                    STACK_REVISION,
                    SERVICE_STATE,
                    INSTANCE_RECORD,
                    NODE_RECORD,
                    NODE_AWAY,
                    NODE_SPEC,
                    EXTERNAL_NODE,
                    NODE_LOST,
                    PAUSE_RECORD,
                    ASKED_OF_NODE,
                    ANSWERED_BY_NODE);

    private Codecs() {}

    /** Once there was at most one {@code denial}. */
    private static Map<Object, Object> severalDenials(Map<Object, Object> fields) {
        if (!(fields.get("denial") instanceof Map<?, ?> denial) || fields.containsKey("denials")) {
            return fields;
        }
        var renamed = new LinkedHashMap<>(fields);
        renamed.remove("denial");
        renamed.put("denials", List.of(denial));
        return renamed;
    }
}
