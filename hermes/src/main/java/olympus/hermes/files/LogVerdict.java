package olympus.hermes.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the segments of a log, taken together, hold everything that was acknowledged.
 *
 * <p>A pure decision over what {@link SegmentScan} found, the index that the loaded snapshot
 * covers, and the {@link CommitMark}. What a kill or power loss can leave behind is mended ({@link
 * Mend}); everything else is a {@link Problem}. The one thing that may be cut is a torn tail behind
 * the commit mark: it was never acknowledged.
 *
 * @param lastIndex the last entry that the log or the snapshot holds
 * @param lastTerm its term as far as the log knows it, 0 without entries
 */
public record LogVerdict(long lastIndex, long lastTerm, List<Mend> mends, List<Problem> problems) {

    public LogVerdict {
        mends = List.copyOf(mends);
        problems = List.copyOf(problems);
    }

    public boolean good() {
        return problems.isEmpty();
    }

    /** What an interrupted process left half done, and how it is finished. */
    public sealed interface Mend {
        /** Entries behind {@code bytes} were being written and never acknowledged. */
        record CutTail(Path file, long bytes, long lastGood, String why) implements Mend {}

        /**
         * Covered by the snapshot; the purge that removes it was interrupted, or it is damaged and
         * not needed.
         */
        record DropCovered(Path file, String why) implements Mend {}

        /** Complete, and its successor exists: the renaming was lost. */
        record CloseSegment(Path file, Path closed) implements Mend {}

        /** Created and never written to. */
        record DropEmpty(Path file) implements Mend {}
    }

    /**
     * Judges a log.
     *
     * @param folder where segments belong, named when one is missing
     * @param commands what a problem advises
     * @param scans of every segment, in order of their first index
     * @param snapshotIndex the last entry in the snapshot that was loaded, -1 without one
     * @param mark the last entry that was acknowledged
     */
    public static LogVerdict of(
            Path folder,
            RecoveryCommands commands,
            List<SegmentScan> scans,
            long snapshotIndex,
            CommitMark.Position mark) {
        return new Judge(folder, commands, snapshotIndex, mark).judge(scans);
    }

    private static final class Judge {
        private final Path folder;
        private final RecoveryCommands commands;
        private final long snapshotIndex;
        private final CommitMark.Position mark;
        private final List<Mend> mends = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private long end;
        private long term;

        Judge(
                Path folder,
                RecoveryCommands commands,
                long snapshotIndex,
                CommitMark.Position mark) {
            this.folder = folder;
            this.commands = commands;
            this.snapshotIndex = snapshotIndex;
            this.mark = mark;
        }

        LogVerdict judge(List<SegmentScan> all) {
            var scans = needed(all);
            end =
                    scans.isEmpty()
                            ? snapshotIndex
                            : Math.min(scans.getFirst().file().first() - 1, snapshotIndex);
            var dropped = mends.size();
            for (var i = 0; i < scans.size(); i++) {
                var next =
                        i + 1 < scans.size()
                                ? Optional.of(scans.get(i + 1))
                                : Optional.<SegmentScan>empty();
                check(scans.get(i), next);
            }
            if (!scans.isEmpty() && end < snapshotIndex && mark.index() <= snapshotIndex) {
                snapshotIsAhead(scans, dropped);
            }
            var last = Math.max(end, snapshotIndex);
            if (problems.isEmpty() && mark.index() > last) {
                problems.add(
                        new Problem(
                                scans.isEmpty() ? folder : scans.getLast().file().path(),
                                "the log ends at entry %d, but entries up to %d were acknowledged"
                                        .formatted(last, mark.index()),
                                remedy(last + 1)));
            }
            return new LogVerdict(last, term, mends, problems);
        }

        /**
         * The log is good for less than the snapshot holds, and nothing behind the snapshot was
         * acknowledged: the snapshot alone is the store. What is left of the log must go, because
         * the engine cannot go on behind a gap.
         */
        private void snapshotIsAhead(List<SegmentScan> scans, int dropped) {
            problems.clear();
            mends.subList(dropped, mends.size()).clear();
            for (var scan : scans) {
                mends.add(
                        new Mend.DropCovered(
                                scan.file().path(),
                                "it is good up to entry %d only, and the snapshot of entry %d covers all that was acknowledged"
                                        .formatted(scan.lastGood(), snapshotIndex)));
            }
        }

        /**
         * Leaves out leading segments that the snapshot covers, up to the last gap or damage among
         * them.
         */
        private List<SegmentScan> needed(List<SegmentScan> all) {
            var drop = 0;
            for (var i = 0; i < all.size() && covered(all.get(i)); i++) {
                var scan = all.get(i);
                if (scan.damage().isPresent()
                        || scan.lastGood() != scan.file().last().getAsLong()) {
                    drop = i + 1;
                } else if (i + 1 < all.size()
                        && all.get(i + 1).file().first() != scan.lastGood() + 1) {
                    drop = i + 1;
                }
            }
            for (var scan : all.subList(0, drop)) {
                mends.add(
                        new Mend.DropCovered(
                                scan.file().path(),
                                scan.damage()
                                        .map(SegmentScan.Damage::what)
                                        .orElse(
                                                "the snapshot of entry %d covers it"
                                                        .formatted(snapshotIndex))));
            }
            return all.subList(drop, all.size());
        }

        private boolean covered(SegmentScan scan) {
            return scan.file().last().isPresent()
                    && scan.file().last().getAsLong() <= snapshotIndex;
        }

        private void check(SegmentScan scan, Optional<SegmentScan> next) {
            var file = scan.file();
            if (file.first() != end + 1) {
                problems.add(
                        new Problem(
                                file.path(),
                                "entries %d to %d are missing before it"
                                        .formatted(end + 1, file.first() - 1),
                                remedy(end + 1)));
            }
            if (scan.good() > 0) {
                term = Math.max(term, scan.lastTerm());
            }
            scan.damage()
                    .ifPresentOrElse(
                            damage -> damaged(scan, damage, next), () -> whole(scan, next));
            end = scan.lastGood();
        }

        private void damaged(
                SegmentScan scan, SegmentScan.Damage damage, Optional<SegmentScan> next) {
            var file = scan.file();
            var acknowledged = mark.index() > scan.lastGood();
            if (file.open() && next.isEmpty() && !acknowledged && damage.torn()) {
                mends.add(
                        new Mend.CutTail(
                                file.path(), scan.goodBytes(), scan.lastGood(), damage.what()));
                return;
            }
            var standing =
                    acknowledged
                            ? "entries up to %d were acknowledged".formatted(mark.index())
                            : "it does not look like an interrupted write";
            problems.add(
                    new Problem(
                            file.path(),
                            "damaged at offset %d, behind entry %d: %s; %s"
                                    .formatted(
                                            damage.offset(),
                                            scan.lastGood(),
                                            damage.what(),
                                            standing),
                            remedy(scan.lastGood() + 1)));
        }

        private void whole(SegmentScan scan, Optional<SegmentScan> next) {
            var file = scan.file();
            if (file.last().isPresent()) {
                if (scan.lastGood() != file.last().getAsLong()) {
                    problems.add(
                            new Problem(
                                    file.path(),
                                    "it ends at entry %d where its name says %d"
                                            .formatted(scan.lastGood(), file.last().getAsLong()),
                                    remedy(scan.lastGood() + 1)));
                }
            } else if (next.isPresent()) {
                mends.add(
                        scan.good() == 0
                                ? new Mend.DropEmpty(file.path())
                                : new Mend.CloseSegment(
                                        file.path(),
                                        file.path()
                                                .resolveSibling(
                                                        "log_%d-%d"
                                                                .formatted(
                                                                        file.first(),
                                                                        scan.lastGood()))));
            }
        }

        /** The snapshot's own entries cannot be given up, so the cut lies behind it. */
        private String remedy(long damaged) {
            var index = Math.max(damaged, snapshotIndex + 1);
            return "Restore the store from a backup, or give up entry %d and everything behind it. %s"
                    .formatted(index, commands.lookThen(commands.truncateAt(index)));
        }
    }
}
