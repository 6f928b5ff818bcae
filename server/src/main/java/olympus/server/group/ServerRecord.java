package olympus.server.group;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.model.json.RecordCodec;

/**
 * A server of the island, as the store tells it to all: the value of {@code
 * olympus/servers/<member>}.
 *
 * @param member its name in the log's group, which no other server ever had
 * @param node the machine it runs on
 * @param name what people call that machine
 * @param peers {@code host:port} under which other servers reach it; empty while it opens no port
 *     for them
 * @param agents {@code host:port} under which agents reach it; empty while it opens no port for
 *     them
 * @param api the address of its API, {@code https://host:port}
 * @param version of its program
 * @param featureLevel the newest that its program understands; empty: it knew of none
 * @param certificatesEnd the first moment at which one of its certificates ends; empty: it has not
 *     said
 * @param since when it joined
 * @param problem why the state is not reached yet, in words
 */
public record ServerRecord(
        String member,
        NodeId node,
        String name,
        Optional<String> peers,
        Optional<String> agents,
        String api,
        String version,
        Optional<Integer> featureLevel,
        Optional<Instant> certificatesEnd,
        Instant since,
        State state,
        Optional<String> problem) {

    public static final Key PREFIX = Key.of("olympus/servers");
    public static final RecordCodec<ServerRecord> CODEC =
            RecordCodec.of("server", 1, ServerRecord.class);

    private static final Pattern MEMBER = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /** Whether it belongs to the group. */
    public enum State {
        /** Let in, but not a voter yet. */
        JOINING,
        MEMBER,
        /** On its way out. */
        LEAVING
    }

    public ServerRecord {
        if (!MEMBER.matcher(member).matches()) {
            throw new IllegalArgumentException(
                    "not a member's name: \"%s\"; expected 1 to 63 of a-z, 0-9 and -"
                            .formatted(member));
        }
    }

    /** One that has not said yet when its certificates end. */
    public ServerRecord(
            String member,
            NodeId node,
            String name,
            Optional<String> peers,
            Optional<String> agents,
            String api,
            String version,
            Optional<Integer> featureLevel,
            Instant since,
            State state,
            Optional<String> problem) {
        this(
                member,
                node,
                name,
                peers,
                agents,
                api,
                version,
                featureLevel,
                Optional.empty(),
                since,
                state,
                problem);
    }

    public Key key() {
        return PREFIX.child(member);
    }

    public ServerRecord in(State other, Optional<String> why) {
        return new ServerRecord(
                member,
                node,
                name,
                peers,
                agents,
                api,
                version,
                featureLevel,
                certificatesEnd,
                since,
                other,
                why);
    }

    public ServerRecord withCertificatesUntil(Optional<Instant> end) {
        return new ServerRecord(
                member,
                node,
                name,
                peers,
                agents,
                api,
                version,
                featureLevel,
                end,
                since,
                state,
                problem);
    }
}
