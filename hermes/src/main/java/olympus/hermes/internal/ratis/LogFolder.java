package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.LogVerdict;
import olympus.hermes.files.Problem;
import olympus.hermes.files.RaftMeta;
import olympus.hermes.files.RecoveryCommands;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.StoreExchange;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.ReplicatedLog.Applier;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's files before the engine opens them: whether they are all there, whole, and of this
 * group.
 *
 * <p>The engine alone would take a flipped bit for a torn write and drop acknowledged entries
 * behind it, and an emptied disk for a new member. Here both are refused, and what a kill left half
 * done is finished.
 */
final class LogFolder {

    private static final Logger LOG = LoggerFactory.getLogger(LogFolder.class);

    /** As the engine names the folder of a group. */
    private static final Pattern GROUP_NAME =
            Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final LogConfig config;
    private final StoreLayout layout;
    private final RecoveryCommands commands;

    LogFolder(LogConfig config) {
        this.config = config;
        this.layout = new StoreLayout(config.folder());
        this.commands = RecoveryCommands.of(layout);
    }

    RecoveryCommands commands() {
        return commands;
    }

    StoreLayout layout() {
        return layout;
    }

    /** Makes the folders, and refuses a store that has lost its log or belongs to another group. */
    void prepare() throws IOException {
        if (new StoreExchange(layout.folder()).interrupted()) {
            throw refused(
                    new Problem(
                            layout.folder(),
                            "putting another store in its place was interrupted",
                            "Give the command that did it once more"));
        }
        Files.createDirectories(layout.logs());
        Files.createDirectories(layout.snapshots());
        if (Files.exists(layout.initialised())) {
            checkInitialised();
            return;
        }
        if (!layout.snapshotFiles().isEmpty() || acknowledgedAnything()) {
            throw refused(
                    new Problem(
                            layout.initialised(),
                            "it is missing although the store holds data",
                            "Restore it together with the rest of the store from one backup"));
        }
        if (!Files.exists(layout.commitMark()) || CommitMark.read(layout.commitMark()).isEmpty()) {
            CommitMark.create(layout.commitMark(), CommitMark.NOTHING);
        }
    }

    /** The engine would open every group that it finds, and apply its entries to this store too. */
    private void refuseOtherGroups() throws IOException {
        var own = config.group().toString();
        try (var found = Files.newDirectoryStream(layout.logs(), Files::isDirectory)) {
            for (var other : found) {
                var name = "" + other.getFileName();
                if (!name.equals(own) && GROUP_NAME.matcher(name).matches()) {
                    throw refused(
                            new Problem(
                                    other,
                                    "it is the log of another group than %s"
                                            .formatted(config.group()),
                                    "Move it out of " + layout.logs()));
                }
            }
        }
    }

    /** Remembers that this folder has held a working log; from now on an empty one is a loss. */
    void markInitialised() throws IOException {
        if (!Files.exists(layout.initialised())) {
            Durable.replace(
                    layout.initialised(),
                    "format=1\ngroup=%s\nmember=%s\n"
                            .formatted(config.group(), config.member())
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Verifies every segment against the commit mark and finishes what a kill left half done. What
     * an earlier process wrote and did not flush counts as stored from now on, so it is flushed:
     * the engine takes for durable whatever it reads.
     *
     * @param snapshotIndex what the loaded snapshot covers, -1 without one
     */
    void verify(long snapshotIndex) throws IOException {
        refuseOtherGroups();
        var mark = mark();
        var scans = new ArrayList<SegmentScan>();
        for (var file : layout.segmentFiles(config.group())) {
            scans.add(SegmentScan.of(file));
        }
        var folder = layout.segments(config.group());
        var verdict = LogVerdict.of(folder, commands, scans, snapshotIndex, mark);
        if (!verdict.good()) {
            throw refused(verdict.problems().getFirst());
        }
        for (var mend : verdict.mends()) {
            apply(mend);
        }
        for (var file : layout.segmentFiles(config.group())) {
            Durable.flush(file.path());
        }
        var problem = RaftMeta.check(folder, commands, verdict.lastTerm(), verdict.lastIndex());
        if (problem.isPresent()) {
            throw refused(problem.get());
        }
        var alone = config.peers().isEmpty();
        var members = RaftMeta.checkMembers(folder, alone);
        if (members.isPresent()) {
            throw refused(members.get());
        }
        if (alone && RaftMeta.dropForeignConfiguration(folder, config.member())) {
            LOG.warn(
                    "dropped a damaged list of members, it is made again from the configuration: folder={}",
                    folder);
        }
    }

    CommitMark openMark() throws IOException {
        return CommitMark.open(layout.commitMark());
    }

    /** Bytes of segments on disk. */
    long segmentBytes() throws IOException {
        var bytes = 0L;
        for (var file : layout.segmentFiles(config.group())) {
            var path = file.path().toFile(); // a length of 0 when it has just been purged
            bytes += path.length();
        }
        return bytes;
    }

    /** Has {@code applier} load the newest snapshot; the last entry it covers, -1 for none. */
    long load(Applier applier, Optional<SnapshotFile> newest) throws IOException {
        try {
            var covered = applier.load(newest);
            if (newest.isPresent() && covered != newest.get().index()) {
                throw new IOException(
                        "it holds entries up to %d, its name says %d"
                                .formatted(covered, newest.get().index()));
            }
            return newest.isPresent() ? covered : -1;
        } catch (IOException | OlympusException e) {
            if (newest.isEmpty()) {
                throw e;
            }
            throw refused(
                    new Problem(
                            newest.get().path(),
                            "the snapshot cannot be loaded: " + e.getMessage(),
                            "With no server on the folder, look first: " + commands.verify()));
        }
    }

    static OlympusException refused(Problem problem) {
        return new OlympusException(ErrorCode.CORRUPT, "the store was not opened. " + problem);
    }

    private void checkInitialised() throws IOException {
        var marker = new Properties();
        try {
            // Any bytes are such text: a damaged one belongs to another group.
            var text = Files.readString(layout.initialised(), StandardCharsets.ISO_8859_1);
            marker.load(new StringReader(text));
        } catch (IllegalArgumentException damagedEscape) {
            marker.clear();
        }
        var group = marker.getProperty("group", "");
        if (!group.equals(config.group().toString())) {
            throw refused(
                    new Problem(
                            layout.initialised(),
                            "the store belongs to group '%s', not to %s"
                                    .formatted(group, config.group()),
                            "Use the data folder of this island, or restore the marker from a backup"));
        }
        var folder = layout.segments(config.group());
        if (!Files.exists(folder.resolve(RaftMeta.FILE))) {
            throw refused(
                    new Problem(
                            folder.resolve(RaftMeta.FILE),
                            "the store was in use before, but its log is gone (emptied or replaced disk?)",
                            "Restore the store from a backup; to begin with an empty one, remove "
                                    + layout.folder()));
        }
        if (!Files.exists(layout.commitMark())) {
            throw refused(markProblem("it is missing"));
        }
    }

    private boolean acknowledgedAnything() throws IOException {
        return Files.exists(layout.commitMark())
                && CommitMark.read(layout.commitMark())
                        .filter(mark -> mark.index() >= 0)
                        .isPresent();
    }

    private CommitMark.Position mark() throws IOException {
        return CommitMark.read(layout.commitMark())
                .orElseThrow(() -> refused(markProblem("both copies in it are damaged")));
    }

    private Problem markProblem(String what) {
        return new Problem(
                layout.commitMark(),
                what + ", so it cannot be told where acknowledged entries end",
                "Restore the store from a backup, or accept the log as it ends now. "
                        + commands.lookThen(commands.truncateAtEnd()));
    }

    private void apply(LogVerdict.Mend mend) throws IOException {
        LOG.warn("finishing what an earlier process left half done: {}", mend);
        switch (mend) {
            case LogVerdict.Mend.CutTail cut -> {
                if (cut.bytes() == 0) {
                    Durable.delete(cut.file());
                } else {
                    Durable.truncate(cut.file(), cut.bytes());
                }
            }
            case LogVerdict.Mend.DropCovered covered -> Durable.delete(covered.file());
            case LogVerdict.Mend.DropEmpty empty -> Durable.delete(empty.file());
            case LogVerdict.Mend.CloseSegment close -> Durable.rename(close.file(), close.closed());
        }
    }
}
