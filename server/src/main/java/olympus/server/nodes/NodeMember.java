package olympus.server.nodes;

import java.time.Instant;
import java.util.Optional;
import olympus.hermes.Bytes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.model.NodeId;
import olympus.model.json.RecordCodec;

/**
 * A machine that runs only the agent and was let in: the value of {@code olympus/nodes/<node id>}.
 *
 * @param name what people call it
 * @param key fingerprint of the key that its certificate is for
 * @param following that of the key which it has asked to have signed next, where it has
 * @param token id of the token that it brought
 * @param by who let it in, by making that token; or who has removed it
 * @param since when it came into this state
 */
public record NodeMember(
        NodeId node,
        String name,
        String key,
        Optional<String> following,
        String token,
        State state,
        String by,
        Instant since) {

    public static final Key PREFIX = Key.of("olympus/nodes");
    public static final RecordCodec<NodeMember> CODEC =
            RecordCodec.of("node member", 1, NodeMember.class);

    /** Whether it belongs to the island. */
    public enum State {
        MEMBER,
        /** Its certificate is worth nothing any more. */
        REMOVED
    }

    public boolean isMember() {
        return state == State.MEMBER;
    }

    /** Whether a certificate for this key is one of its own. */
    public boolean hasKey(String fingerprint) {
        return key.equals(fingerprint) || following.equals(Optional.of(fingerprint));
    }

    NodeMember removed(String person, Instant at) {
        return new NodeMember(node, name, key, Optional.empty(), token, State.REMOVED, person, at);
    }

    /** With the key that it has proved itself with, and the one that it wants next. */
    NodeMember following(String present, String next) {
        return new NodeMember(node, name, present, Optional.of(next), token, state, by, since);
    }

    static Key key(NodeId node) {
        return PREFIX.child(node.toString());
    }

    Operation put() {
        return new Operation.Put(key(node), Bytes.wrap(CODEC.encodeBytes(this)));
    }
}
