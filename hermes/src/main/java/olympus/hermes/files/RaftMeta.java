package olympus.hermes.files;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import olympus.foundation.Durable;
import olympus.hermes.log.Group.Member;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/** The engine's two small files beside the segments: its term and vote, and its list of members. */
public final class RaftMeta {

    public static final String FILE = "raft-meta";
    static final String MEMBERS_FILE = "raft-meta.conf";

    private RaftMeta() {}

    /**
     * What is wrong with the term in {@code folder}, which must not be lower than that of the last
     * entry.
     *
     * @param commands what a problem advises
     */
    public static Optional<Problem> check(
            Path folder, RecoveryCommands commands, long lastTerm, long lastIndex)
            throws IOException {
        var file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty(); // never opened; the store's own marker tells a lost one
        }
        var term = term(file);
        if (term.isEmpty()) {
            return Optional.of(
                    new Problem(file, "it holds no readable term", remedy(commands, lastIndex)));
        }
        return term.get() < lastTerm
                ? Optional.of(
                        new Problem(
                                file,
                                "it says term %d, but the log has entries of term %d"
                                        .formatted(term.get(), lastTerm),
                                remedy(commands, lastIndex)))
                : Optional.empty();
    }

    /**
     * Removes a list of members that is damaged or names one other than {@code member}; whether it
     * did. For a group of one: it is made again from the configuration.
     */
    public static boolean dropForeignConfiguration(Path folder, String member) throws IOException {
        var file = folder.resolve(MEMBERS_FILE);
        if (!Files.exists(file)) {
            return false;
        }
        var members = members(file);
        if (members.isPresent()
                && (members.get().size() > 1 || members.get().equals(List.of(member)))) {
            return false;
        }
        Durable.delete(file);
        return true;
    }

    /**
     * What is wrong with the list of members.
     *
     * @param alone whether the store is about to be opened without a way to reach others
     */
    public static Optional<Problem> checkMembers(Path folder, boolean alone) throws IOException {
        var file = folder.resolve(MEMBERS_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var members = members(file);
        if (members.isEmpty()) {
            // Alone it is made again; with others an old list could elect a second leader.
            return alone
                    ? Optional.empty()
                    : Optional.of(
                            new Problem(
                                    file,
                                    "the list of this group's servers is damaged",
                                    "Remove this server from the group and let it join again with an empty folder"));
        }
        return alone && members.get().size() > 1
                ? Optional.of(
                        new Problem(
                                file,
                                "the store has the servers %s".formatted(members.get()),
                                "Start it with the address under which they reach this one"))
                : Optional.empty();
    }

    /** Writes a term anew; no vote is lost, because a group of one votes only for itself. */
    public static void write(Path folder, long term) throws IOException {
        Durable.replace(
                folder.resolve(FILE),
                "term=%d\nvotedFor=\n".formatted(term).getBytes(StandardCharsets.UTF_8));
    }

    public static Optional<Long> term(Path file) throws IOException {
        var properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file, StandardCharsets.ISO_8859_1)));
            var term = Long.parseLong(properties.getProperty("term", ""));
            return term >= 0 && properties.containsKey("votedFor")
                    ? Optional.of(term)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The voters' names; empty when the file is damaged. */
    private static Optional<List<String>> members(Path file) throws IOException {
        try {
            var list = LogEntryProto.parseFrom(Files.readAllBytes(file)).getConfigurationEntry();
            var names = voters(list).stream().map(Member::id).toList();
            return names.isEmpty() || (list.getOldPeersCount() > 0 && names.size() == 1)
                    ? Optional.empty()
                    : Optional.of(names);
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    /** The voters of a list of members, as the log or the file beside it holds it. */
    public static List<Member> voters(RaftConfigurationProto list) {
        return list.getPeersList().stream().map(RaftMeta::member).toList();
    }

    /**
     * The entry with the list of members beside the segments in {@code folder}; empty without a
     * readable one.
     */
    public static Optional<LogEntryProto> configuration(Path folder) throws IOException {
        var file = folder.resolve(MEMBERS_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            var entry = LogEntryProto.parseFrom(Files.readAllBytes(file));
            return entry.getConfigurationEntry().getPeersCount() == 0
                    ? Optional.empty()
                    : Optional.of(entry);
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static Member member(RaftPeerProto peer) {
        var address = peer.getAddress();
        var colon = address.lastIndexOf(':');
        try {
            return new Member(
                    peer.getId().toStringUtf8(),
                    address.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", ""),
                    Integer.parseInt(address.substring(colon + 1)));
        } catch (NumberFormatException noAddress) {
            return new Member(peer.getId().toStringUtf8(), address, 0);
        }
    }

    private static String remedy(RecoveryCommands commands, long lastIndex) {
        return "It can be written anew without loss of entries. "
                + commands.lookThen(commands.truncateAt(lastIndex + 1));
    }
}
