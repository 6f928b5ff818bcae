package olympus.hermes.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.RaftMeta;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * Cuts a log off at an entry, keeping the files as they were, and makes commit mark and term fit
 * again.
 */
final class Repair {

    private final StoreLayout layout;
    private final UUID group;
    private final Path kept;
    private final List<String> steps = new ArrayList<>();

    Repair(StoreLayout layout, UUID group, Instant now) {
        this.layout = layout;
        this.group = group;
        this.kept = layout.folder().resolve("removed-" + now.toString().replace(':', '-'));
    }

    RepairReport truncate(OptionalLong truncateAt) throws IOException {
        var snapshotIndex =
                layout.snapshotFiles().stream().mapToLong(SnapshotFile::index).max().orElse(-1);
        var scans = new ArrayList<SegmentScan>();
        for (var file : layout.segmentFiles(group)) {
            scans.add(SegmentScan.of(file));
        }
        var lost = new GivenUp();
        var good = lastGood(scans, snapshotIndex);
        var cut = truncateAt.orElse(good + 1);
        if (cut <= snapshotIndex || cut > good + 1) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "the log cannot be cut at entry %d: the snapshot covers up to %d and the log is good up to %d; %d to %d is right"
                            .formatted(cut, snapshotIndex, good, snapshotIndex + 1, good + 1));
        }
        var acknowledged = mark(layout.commitMark());
        for (var scan : scans) {
            SegmentScan.of(
                    scan.file(),
                    (offset, bytes, entry) -> {
                        if (entry.getIndex() >= cut) {
                            lost.add(entry);
                        }
                    });
        }
        Files.createDirectories(kept);
        if (acknowledged.isEmpty() || acknowledged.get().index() >= cut) {
            // Before anything is cut: an interrupted repair must not hide the loss.
            Durable.replace(
                    layout.recovered(),
                    "entries from %d on were given up%n".formatted(cut).getBytes(UTF_8));
            steps.add("the next start raises the incarnation: fences given out before are void");
        }
        var term = 0L;
        for (var scan : scans) {
            term = Math.max(term, cut(scan, cut));
        }
        rewriteSmallFiles(term, cut - 1);
        var givenUp = Math.max(0, acknowledged.orElse(CommitMark.NOTHING).index() - (cut - 1));
        return new RepairReport(cut - 1, givenUp, lost.sentences(givenUp), kept, steps);
    }

    /** The last entry up to which log and snapshot hold everything without a gap. */
    private static long lastGood(List<SegmentScan> scans, long snapshotIndex) {
        var good = snapshotIndex;
        for (var scan : scans) {
            if (scan.file().first() > good + 1) {
                return good;
            }
            good = Math.max(good, scan.lastGood());
            var incomplete = scan.lastGood() < scan.file().last().orElse(scan.lastGood());
            if ((scan.damage().isPresent() || incomplete) && good == scan.lastGood()) {
                return good;
            }
        }
        return good;
    }

    /** Cuts one segment; the highest term that is left in it. */
    private long cut(SegmentScan scan, long cut) throws IOException {
        var file = scan.file();
        if (scan.lastGood() < cut && scan.damage().isEmpty()) {
            return scan.lastTerm();
        }
        keep(file.path());
        if (file.first() >= cut || scan.good() == 0) {
            Durable.delete(file.path());
            steps.add("removed %s".formatted(file.name()));
            return 0;
        }
        var length = new AtomicLong(scan.goodBytes());
        var term = new AtomicLong();
        SegmentScan.of(
                file,
                (offset, bytes, entry) -> {
                    if (entry.getIndex() == cut) {
                        length.set(offset);
                    } else if (entry.getIndex() < cut) {
                        term.set(entry.getTerm());
                    }
                });
        Durable.truncate(file.path(), length.get());
        var last = Math.min(cut - 1, scan.lastGood());
        if (!file.open()) {
            Durable.rename(
                    file.path(),
                    file.path().resolveSibling("log_%d-%d".formatted(file.first(), last)));
        }
        steps.add("cut %s behind entry %d".formatted(file.name(), last));
        return term.get();
    }

    private void rewriteSmallFiles(long term, long last) throws IOException {
        var folder = layout.segments(group);
        var meta = folder.resolve(RaftMeta.FILE);
        var present = Files.exists(meta) ? RaftMeta.term(meta).orElse(-1L) : -1L;
        if (present < term) {
            if (Files.exists(meta)) {
                keep(meta);
            }
            RaftMeta.write(folder, term);
            steps.add("wrote %s anew with term %d".formatted(RaftMeta.FILE, term));
        }
        if (Files.exists(layout.commitMark())) {
            keep(layout.commitMark());
        }
        CommitMark.create(layout.commitMark(), new CommitMark.Position(term, last));
        steps.add("the log ends at entry %d now".formatted(last));
    }

    private void keep(Path file) throws IOException {
        Files.copy(file, kept.resolve(file.getFileName().toString()));
    }

    /** Empty when nobody can tell any more what was acknowledged. */
    private static Optional<CommitMark.Position> mark(Path file) throws IOException {
        return Files.exists(file) ? CommitMark.read(file) : Optional.empty();
    }
}
