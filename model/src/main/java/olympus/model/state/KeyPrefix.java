package olympus.model.state;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.json.RecordCodec;

/**
 * A kind of key in Hermes: its pattern, the record under it, and the one module that may write it.
 * The list {@link #ALL} is the whole key space; a key outside it belongs to the user.
 *
 * @param pattern the key with its variable parts in angle brackets; an ellipsis at the end stands
 *     for any further parts
 * @param writer the only module that writes it, {@code -} when nobody does yet
 * @param holds what the value is, in words
 * @param codec how the value is written; empty when it is no record of the model (a number,
 *     ciphertext, a token)
 */
public record KeyPrefix(
        String pattern, Kind kind, String writer, String holds, Optional<RecordCodec<?>> codec) {

    /** One value per key, or a stream of entries under one key. */
    public enum Kind {
        VALUE,
        STREAM
    }

    /** Every prefix, as ARCHITECTURE.md lists them. */
    public static final List<KeyPrefix> ALL =
            List.of(
                    value(
                            "zeus/stacks/<stack>/current",
                            "zeus",
                            "pointer to a revision, flipped by compare-and-set",
                            Codecs.STACK_POINTER),
                    value(
                            "zeus/stacks/<stack>/revisions/<10 digits>",
                            "zeus",
                            "definition, actor, time, summary",
                            Codecs.STACK_REVISION),
                    value(
                            "zeus/services/<stack>/<service>",
                            "zeus",
                            "hold, run tokens, rollout in progress",
                            Codecs.SERVICE_STATE),
                    value(
                            "zeus/instances/<stack>/<service>/<ordinal>",
                            "zeus",
                            "node, run token, ports",
                            Codecs.INSTANCE_RECORD),
                    value(
                            "zeus/nodes/<node id>",
                            "zeus",
                            "name, labels, first seen",
                            Codecs.NODE_RECORD),
                    value(
                            "zeus/away/<node id>",
                            "zeus",
                            "how a node that has gone away was last heard of",
                            Codecs.NODE_AWAY),
                    value(
                            "zeus/node-specs/<node id>",
                            "zeus",
                            "what people want of a node: labels, and whether it takes instances",
                            Codecs.NODE_SPEC),
                    value(
                            "zeus/external-nodes/<node id>",
                            "zeus",
                            "a member of the inventory that is managed elsewhere",
                            Codecs.EXTERNAL_NODE),
                    value(
                            "zeus/lost/<node id>",
                            "zeus",
                            "that a node counts as lost, or why it does not",
                            Codecs.NODE_LOST),
                    value("zeus/pauses/<scope>", "zeus", "who, when, why", Codecs.PAUSE_RECORD),
                    stream(
                            "zeus/decisions",
                            "zeus",
                            "what was done, on which system, why, and the result",
                            Codecs.DECISION),
                    new KeyPrefix(
                            "olympus/audit",
                            Kind.STREAM,
                            "server",
                            "who changed what from where",
                            Optional.empty()),
                    value(
                            "olympus/tokens/<id>",
                            "server",
                            "the administrator's token, hashed, and those from before roles"),
                    value(
                            "olympus/api-tokens/<name>",
                            "server",
                            "hash, role and end of a token of the API"),
                    value(
                            "olympus/servers/<member>",
                            "server",
                            "who belongs to the island and where it is reached"),
                    value(
                            "olympus/join-tokens/<id>",
                            "server",
                            "hash and end of a token with which a server may join"),
                    value(
                            "olympus/nodes/<node id>",
                            "server",
                            "machines that run only the agent: name, keys, whether removed"),
                    value(
                            "olympus/agent-tokens/<id>",
                            "server",
                            "hash, end and uses of a token with which such a machine may join"),
                    value("olympus/secrets/<stack>/<name>/<fingerprint>", "server", "ciphertext"),
                    value(
                            "olympus/kept-secrets/<stack>/<name>",
                            "server",
                            "fingerprint of the current value, when and by whom it was set"),
                    value("islands/<id>/…", "-", "reserved: read-only mirrors of other islands"));

    private static KeyPrefix value(
            String pattern, String writer, String holds, RecordCodec<?> codec) {
        return new KeyPrefix(pattern, Kind.VALUE, writer, holds, Optional.of(codec));
    }

    private static KeyPrefix value(String pattern, String writer, String holds) {
        return new KeyPrefix(pattern, Kind.VALUE, writer, holds, Optional.empty());
    }

    private static KeyPrefix stream(
            String pattern, String writer, String holds, RecordCodec<?> codec) {
        return new KeyPrefix(pattern, Kind.STREAM, writer, holds, Optional.of(codec));
    }

    /** The entry that a key falls under; empty for a key of the user's own. */
    public static Optional<KeyPrefix> of(String key) {
        return ALL.stream().filter(prefix -> prefix.covers(key)).findFirst();
    }

    /**
     * Whether a key has this pattern. A {@code <name>} may have several parts: that of an
     * env_file's secret has two.
     */
    public boolean covers(String key) {
        var regex = new StringBuilder();
        for (var part : pattern.split("/")) {
            regex.append(regex.isEmpty() ? "" : "/").append(partRegex(part));
        }
        return key.matches(regex.toString());
    }

    private static String partRegex(String part) {
        return switch (part) {
            case "…", "<name>" -> ".+";
            default -> part.startsWith("<") ? "[^/]+" : Pattern.quote(part);
        };
    }
}
