package olympus.hermes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.LogVerdict;
import olympus.hermes.files.Problem;
import olympus.hermes.files.RaftMeta;
import olympus.hermes.files.RecoveryCommands;
import olympus.hermes.files.SegmentFile;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/** One pass over all files of a store, gathering what a {@link StoreReport} tells. */
final class Examination {

    /** Further unreadable entries are not listed one by one. */
    private static final int MAX_UNREADABLE = 20;

    private final StoreLayout layout;
    private final RecoveryCommands commands;
    private final List<FileReport> files = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private boolean entries;
    private int unreadable;

    @FunctionalInterface
    interface SnapshotCheck {
        Optional<String> problem(SnapshotFile snapshot) throws IOException;
    }

    Examination(StoreLayout layout) {
        this.layout = layout;
        this.commands = RecoveryCommands.of(layout);
    }

    Examination withEntries() {
        entries = true;
        return this;
    }

    StoreReport report(SnapshotCheck check) throws IOException {
        var mark = mark();
        var snapshotIndex = snapshots(check);
        var last = snapshotIndex;
        var groups = layout.groups();
        if (groups.size() > 1) {
            notices.add("%s holds the logs of several groups: %s".formatted(layout.logs(), groups));
        }
        for (var group : groups) {
            var folder = layout.segments(group);
            var verdict = LogVerdict.of(folder, commands, segments(group), snapshotIndex, mark);
            problems.addAll(verdict.problems());
            verdict.mends().forEach(mend -> notices.add("finished by the next start: " + mend));
            term(verdict, folder);
            last = Math.max(last, verdict.lastIndex());
        }
        initialised(groups.isEmpty());
        return new StoreReport(layout.folder(), mark.index(), last, files, problems, notices);
    }

    private CommitMark.Position mark() throws IOException {
        var file = layout.commitMark();
        var mark =
                Files.exists(file) ? CommitMark.read(file) : Optional.<CommitMark.Position>empty();
        if (mark.isEmpty()) {
            problems.add(
                    new Problem(
                            file,
                            Files.exists(file) ? "both copies in it are damaged" : "it is missing",
                            "Accept the log as it ends now: " + commands.truncateAtEnd()));
        }
        add(
                file,
                FileReport.Kind.COMMIT_MARK,
                -1,
                mark.map(CommitMark.Position::index).orElse(-1L),
                "");
        return mark.orElse(CommitMark.NOTHING);
    }

    /** The index that the newest snapshot covers, -1 without one. */
    private long snapshots(SnapshotCheck check) throws IOException {
        var newest = -1L;
        for (var snapshot : layout.snapshotFiles()) {
            var problem = check.problem(snapshot);
            problem.ifPresent(what ->
                    problems.add(
                            new Problem(snapshot.path(), what, "Restore the store from a backup")));
            add(
                    snapshot.path(),
                    FileReport.Kind.SNAPSHOT,
                    -1,
                    snapshot.index(),
                    problem.orElse("whole"));
            newest = Math.max(newest, snapshot.index());
        }
        return newest;
    }

    private List<SegmentScan> segments(java.util.UUID group) throws IOException {
        var scans = new ArrayList<SegmentScan>();
        for (var file : layout.segmentFiles(group)) {
            var scan =
                    SegmentScan.of(
                            file,
                            (offset, bytes, entry) -> {
                                if (entries) {
                                    look(file, EntryDescription.of(entry, bytes));
                                }
                            });
            scans.add(scan);
            add(
                    file.path(),
                    FileReport.Kind.SEGMENT,
                    file.first(),
                    scan.lastGood(),
                    scan.damage()
                            .map(damage ->
                                    "%s at offset %d: %s"
                                            .formatted(
                                                    damage.torn() ? "cut off" : "damaged",
                                                    damage.offset(),
                                                    damage.what()))
                            .orElse("whole"));
        }
        return scans;
    }

    private void look(SegmentFile file, EntryReport entry) {
        if (!entry.readable() && unreadable++ < MAX_UNREADABLE) {
            problems.add(
                    new Problem(
                            file.path(),
                            "entry %d %s".formatted(entry.index(), entry.summary()),
                            "The store halts at it; to pass over it: "
                                    + commands.skip(entry.index())));
        }
    }

    private void term(LogVerdict verdict, java.nio.file.Path folder) throws IOException {
        var problem = RaftMeta.check(folder, commands, verdict.lastTerm(), verdict.lastIndex());
        problem.ifPresent(problems::add);
        add(
                folder.resolve(RaftMeta.FILE),
                FileReport.Kind.TERM,
                -1,
                -1,
                problem.isPresent() ? "damaged" : "whole");
    }

    private void initialised(boolean noLog) {
        if (Files.exists(layout.initialised()) && noLog) {
            problems.add(
                    new Problem(
                            layout.logs(),
                            "the store was in use before, but its log is gone",
                            "Restore the store from a backup"));
        }
        if (!Files.exists(layout.initialised())) {
            notices.add(
                    "the store was never in use, or its marker is lost: " + layout.initialised());
        }
    }

    private void add(
            java.nio.file.Path file, FileReport.Kind kind, long first, long last, String state)
            throws IOException {
        if (Files.exists(file)) {
            var name = layout.folder().relativize(file).toString();
            files.add(new FileReport(name, kind, Files.size(file), first, last, state));
        }
    }
}
