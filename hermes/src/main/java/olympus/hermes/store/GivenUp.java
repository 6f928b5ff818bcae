package olympus.hermes.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.codec.MalformedData;
import olympus.hermes.internal.state.Command;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

/** What a repair gives up, gathered entry by entry as far as entries can still be read. */
final class GivenUp {

    /** Key prefixes that are named one by one. */
    private static final int MAX_NAMED = 30;

    private static final int PREFIX_PARTS = 3;

    private final TreeSet<String> prefixes = new TreeSet<>();
    private long readable;
    private long commands;

    void add(LogEntryProto entry) {
        readable++;
        if (!entry.hasStateMachineLogEntry()) {
            return;
        }
        var content = entry.getStateMachineLogEntry().getLogData();
        try {
            for (var command : EntryCodec.decode(content.asReadOnlyByteBuffer()).commands()) {
                if (command instanceof Command.Transact transact) {
                    commands++;
                    transact.transaction().operations().stream()
                            .flatMap(operation -> key(operation).stream())
                            .forEach(key -> prefixes.add(prefix(key)));
                }
            }
        } catch (MalformedData undecodable) {
            readable--;
        }
    }

    private static Optional<Key> key(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> Optional.of(put.key());
            case Operation.Delete delete -> Optional.of(delete.key());
            case Operation.DeleteTree tree -> Optional.of(tree.prefix());
            case Operation.Append append -> Optional.of(append.stream());
            case Operation.LimitStream limit -> Optional.of(limit.stream());
            case Operation.GrantLease _ -> Optional.empty();
            case Operation.KeepAlive _ -> Optional.empty();
            case Operation.RevokeLease _ -> Optional.empty();
        };
    }

    private static String prefix(Key key) {
        return Stream.of(key.toString().split("/"))
                .limit(PREFIX_PARTS)
                .collect(Collectors.joining("/"));
    }

    /**
     * @param acknowledged how many entries that were acknowledged are given up
     */
    List<String> sentences(long acknowledged) {
        var sentences = new ArrayList<String>();
        if (readable > 0) {
            sentences.add(
                    "given up: %d entries that can be read, with %d transactions"
                            .formatted(readable, commands));
        }
        if (!prefixes.isEmpty()) {
            sentences.add(
                    "given up: changes under "
                            + prefixes.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
                            + (prefixes.size() > MAX_NAMED
                                    ? " and %d more".formatted(prefixes.size() - MAX_NAMED)
                                    : ""));
        }
        if (acknowledged > readable) {
            sentences.add(
                    "given up: %d entries at and behind the damage, which cannot be read: nobody can tell what they changed"
                            .formatted(acknowledged - readable));
        }
        if (acknowledged > 0) {
            sentences.add(
                    "services go on as they run; after the next start, olympus status names those whose stack must be applied again");
        }
        return sentences;
    }
}
