package olympus.hermes.store;

import java.util.Locale;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.codec.MalformedData;
import olympus.hermes.internal.state.SkippedEntry;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

/** Entries of the log put into words. */
final class EntryDescription {

    static final String DATA = "data";

    private EntryDescription() {}

    static EntryReport of(LogEntryProto entry, int bytes) {
        if (!entry.hasStateMachineLogEntry()) {
            var kind = entry.getLogEntryBodyCase().name().toLowerCase(Locale.ROOT);
            return new EntryReport(entry.getIndex(), entry.getTerm(), bytes, kind, true, "", 0);
        }
        var content = entry.getStateMachineLogEntry().getLogData();
        var hash = SkippedEntry.hashOf(content.toByteArray());
        try {
            var decoded = EntryCodec.decode(content.asReadOnlyByteBuffer());
            var summary = "%s, %d commands".formatted(decoded.header(), decoded.commands().size());
            return new EntryReport(
                    entry.getIndex(), entry.getTerm(), bytes, DATA, true, summary, hash);
        } catch (MalformedData e) {
            return new EntryReport(
                    entry.getIndex(),
                    entry.getTerm(),
                    bytes,
                    DATA,
                    false,
                    "cannot be decoded: " + e.getMessage(),
                    hash);
        }
    }
}
