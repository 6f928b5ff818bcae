package olympus.hermes.files;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import olympus.foundation.Durable;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

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
     * Removes a list of members that is damaged or names others than {@code member} alone; whether
     * it did.
     */
    public static boolean dropForeignConfiguration(Path folder, String member) throws IOException {
        var file = folder.resolve(MEMBERS_FILE);
        if (!Files.exists(file) || namesOnly(file, member)) {
            return false;
        }
        Durable.delete(file);
        return true;
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

    private static boolean namesOnly(Path file, String member) throws IOException {
        try {
            var entry = LogEntryProto.parseFrom(Files.readAllBytes(file));
            var peers = entry.getConfigurationEntry().getPeersList();
            return peers.size() == 1
                    && peers.getFirst().getId().toStringUtf8().equals(member)
                    && entry.getConfigurationEntry().getOldPeersCount() == 0;
        } catch (org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static String remedy(RecoveryCommands commands, long lastIndex) {
        return "It can be written anew without loss of entries. "
                + commands.lookThen(commands.truncateAt(lastIndex + 1));
    }
}
