package olympus.hermes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.LogVerdict;
import olympus.hermes.files.RaftMeta;
import olympus.hermes.files.RecoveryCommands;
import olympus.hermes.files.SegmentFile;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.loop.Condemned;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.internal.state.Effects;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;

/**
 * The state that a store's files add up to: its newest snapshot, and every entry of its log behind
 * that, also those of which this member never heard that they were committed.
 *
 * <p>Refuses what a start of the store would refuse, and an entry that cannot be applied.
 */
final class OfflineState {

    private final StoreLayout layout;
    private final RecoveryCommands commands;
    private final Condemned condemned;
    private final HermesState state;
    private final long snapshotIndex;
    private long term;
    private long unacknowledged;
    private Optional<LogEntryProto> members;
    private Optional<String> poison = Optional.empty();

    private OfflineState(
            StoreLayout layout,
            Optional<SnapshotReader.Loaded> snapshot,
            Effects effects,
            Optional<LogEntryProto> members)
            throws IOException {
        this.layout = layout;
        this.commands = RecoveryCommands.of(layout);
        this.condemned = new Condemned(Condemned.listed(layout), RecoveryCommands.of(layout));
        this.state =
                snapshot.map(SnapshotReader.Loaded::state)
                        .orElseGet(() -> new HermesState(effects));
        this.snapshotIndex = snapshot.map(loaded -> loaded.head().index()).orElse(-1L);
        this.term = snapshot.map(loaded -> loaded.head().term()).orElse(0L);
        this.members = members;
    }

    /**
     * What was put together.
     *
     * @param term of its last entry
     * @param snapshotIndex where the snapshot ended, -1 without one
     * @param acknowledged the last entry that this member knows to be committed
     * @param unacknowledged how many entries it has behind that
     * @param members the newest list of members, as far as there is one
     */
    record Loaded(
            HermesState state,
            long term,
            long snapshotIndex,
            long acknowledged,
            long unacknowledged,
            Optional<RaftConfigurationProto> members) {}

    /** Puts it together; {@code effects} are told what the entries of the log do. */
    static Loaded load(StoreLayout layout, Effects effects) throws IOException {
        var group = OfflineStore.group(layout);
        var newest = layout.snapshotFiles().reversed().stream().findFirst();
        var snapshot =
                newest.isPresent() ? Optional.of(read(layout, newest.get(), effects)) : none();
        var folder = layout.segments(group);
        return new OfflineState(layout, snapshot, effects, RaftMeta.configuration(folder))
                .replay(group);
    }

    private static Optional<SnapshotReader.Loaded> none() {
        return Optional.empty();
    }

    private static SnapshotReader.Loaded read(
            StoreLayout layout, SnapshotFile newest, Effects effects) throws IOException {
        try {
            return SnapshotReader.load(newest.path(), effects);
        } catch (OlympusException e) {
            throw damaged(RecoveryCommands.of(layout), String.valueOf(e.getMessage()));
        }
    }

    private Loaded replay(UUID group) throws IOException {
        var mark = mark();
        var scans = new ArrayList<SegmentScan>();
        for (var file : layout.segmentFiles(group)) {
            scans.add(SegmentScan.of(file));
        }
        var covered = verified(group, scans, mark);
        for (var scan : scans) {
            if (!covered.contains(scan.file())) {
                SegmentScan.of(scan.file(), (_, _, entry) -> take(entry, mark));
            }
        }
        if (poison.isPresent()) {
            throw damaged(commands, poison.get());
        }
        return new Loaded(
                state,
                term,
                snapshotIndex,
                mark.index(),
                unacknowledged,
                members.map(LogEntryProto::getConfigurationEntry));
    }

    private CommitMark.Position mark() throws IOException {
        var file = layout.commitMark();
        return (Files.exists(file) ? CommitMark.read(file) : Optional.<CommitMark.Position>empty())
                .orElseThrow(() ->
                        damaged(
                                commands,
                                "%s is missing or damaged, so it cannot be told where acknowledged entries end"
                                        .formatted(file)));
    }

    /** Files that a start would drop, because the snapshot holds all that is in them. */
    private Set<SegmentFile> verified(UUID group, List<SegmentScan> scans, CommitMark.Position mark)
            throws IOException {
        var folder = layout.segments(group);
        var verdict = LogVerdict.of(folder, commands, scans, snapshotIndex, mark);
        var problems = new ArrayList<>(verdict.problems());
        RaftMeta.check(folder, commands, verdict.lastTerm(), verdict.lastIndex())
                .ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw damaged(commands, problems.getFirst().file() + ": " + problems.getFirst().what());
        }
        var dropped = new HashSet<SegmentFile>();
        for (var mend : verdict.mends()) {
            if (mend instanceof LogVerdict.Mend.DropCovered(var file, var _)) {
                scans.stream()
                        .map(SegmentScan::file)
                        .filter(segment -> segment.path().equals(file))
                        .forEach(dropped::add);
            }
        }
        return dropped;
    }

    private void take(LogEntryProto entry, CommitMark.Position mark) {
        if (entry.hasConfigurationEntry()
                && members.map(LogEntryProto::getIndex).orElse(-1L) <= entry.getIndex()) {
            members = Optional.of(entry);
        }
        if (entry.getIndex() <= snapshotIndex || poison.isPresent()) {
            return;
        }
        term = entry.getTerm();
        if (!entry.hasStateMachineLogEntry()) {
            return;
        }
        if (entry.getIndex() > mark.index()) {
            unacknowledged++;
        }
        var bytes = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
        try {
            if (!condemned.skip(state, entry.getIndex(), bytes)) {
                state.apply(entry.getIndex(), EntryCodec.decode(bytes));
            }
        } catch (RuntimeException | Error cannot) {
            poison =
                    Optional.of(
                            "entry %d cannot be applied: %s; to pass over it: %s"
                                    .formatted(
                                            entry.getIndex(),
                                            cannot.getMessage(),
                                            commands.skip(entry.getIndex())));
        }
    }

    private static OlympusException damaged(RecoveryCommands commands, String what) {
        return new OlympusException(
                ErrorCode.CORRUPT,
                "nothing was changed, because the store is damaged: %s. What is wrong and how to mend it says: %s"
                        .formatted(what, commands.verify()));
    }
}
