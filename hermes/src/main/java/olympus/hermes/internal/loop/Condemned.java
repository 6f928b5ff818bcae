package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.RecoveryCommands;
import olympus.hermes.files.SkipList;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.state.Divergence;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.SkippedEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entries that an operator has condemned: passed over, and recorded by the state as such. */
public final class Condemned {

    private static final Logger LOG = LoggerFactory.getLogger(Condemned.class);

    private final Map<Long, SkippedEntry> entries = new LinkedHashMap<>();

    private final RecoveryCommands commands;

    public Condemned(List<SkippedEntry> condemned, RecoveryCommands commands) {
        this.commands = commands;
        condemned.forEach(entry -> entries.put(entry.index(), entry));
    }

    /** What the list of a store's folder names. */
    public static List<SkippedEntry> listed(StoreLayout layout) throws IOException {
        return SkipList.read(layout.skips()).stream()
                .map(skip -> new SkippedEntry(skip.index(), skip.hash()))
                .toList();
    }

    /** What to tell of an entry that is not condemned and cannot be applied. */
    String cannotApply(long index, Throwable poison) {
        return poison instanceof Divergence
                ? "entry %d: %s".formatted(index, poison.getMessage())
                : "entry %d cannot be applied: %s. Nothing of it was acknowledged; the store can pass over it. %s"
                        .formatted(
                                index,
                                poison.getMessage(),
                                commands.lookThen(commands.skip(index)));
    }

    /** Has {@code state} pass over the entry at {@code index}; false when it is not condemned. */
    public boolean skip(HermesState state, long index, ByteBuffer bytes) {
        var skip = entries.get(index);
        if (skip == null) {
            return false;
        }
        var content = new byte[bytes.remaining()];
        bytes.duplicate().get(content);
        var hash = SkippedEntry.hashOf(content);
        if (hash != skip.hash()) {
            throw new OlympusException(
                    ErrorCode.CORRUPT,
                    "entry %d is condemned with hash %016x, but has %016x: correct the list of skipped entries"
                            .formatted(index, skip.hash(), hash));
        }
        state.skip(skip);
        LOG.atWarn().addKeyValue("index", index).log("Skipped a condemned entry");
        return true;
    }
}
