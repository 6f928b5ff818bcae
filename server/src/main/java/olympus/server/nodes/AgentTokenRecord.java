package olympus.server.nodes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.model.json.RecordCodec;
import olympus.server.group.GivenTokens;
import olympus.server.group.JoinToken;

/**
 * What is kept of an agent token: the value of {@code olympus/agent-tokens/<SHA-256 of its
 * secret>}.
 *
 * @param madeBy who asked for it
 * @param ends from then on it is good for nothing
 * @param uses how many machines may be let in with it
 * @param usedBy the machines that were: each may ask again, when the answer was lost
 */
record AgentTokenRecord(
        String madeBy, Instant madeAt, Instant ends, int uses, List<NodeId> usedBy) {

    static final Key PREFIX = Key.of("olympus/agent-tokens");
    static final RecordCodec<AgentTokenRecord> CODEC =
            RecordCodec.of("agent token", 1, AgentTokenRecord.class);
    static final GivenTokens.Kind<AgentTokenRecord> KIND =
            new GivenTokens.Kind<>(
                    JoinToken.Kind.AGENT, PREFIX, CODEC, AgentTokenRecord::ends, 100);

    AgentTokenRecord {
        usedBy = List.copyOf(usedBy);
    }

    AgentTokenRecord usedBy(NodeId node) {
        var all = new ArrayList<>(usedBy);
        all.add(node);
        return new AgentTokenRecord(madeBy, madeAt, ends, uses, all);
    }
}
