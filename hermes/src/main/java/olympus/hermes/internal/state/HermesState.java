package olympus.hermes.internal.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.Invariant;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StoreLimits;
import olympus.hermes.StreamEntry;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;

/**
 * The replicated state: a pure function of the entries applied to it.
 *
 * <p>Invariants: validation comes first and changes nothing, the mutation after it cannot fail; any
 * throwable out of {@link #apply} or {@link #skip} means that this replica must stop before it
 * answers. Two states that applied the same entries have the same {@link #hash}.
 *
 * <p>Threading: none of its own; one owner.
 */
public final class HermesState {

    /** The newest behaviour that this version understands. */
    public static final int SUPPORTED_FEATURE_LEVEL = 2;

    /** From it on, no part of the hash depends on how Java hashes records. */
    private static final int OWN_HASHES = 2;

    /** Of each block of so many entries, the hash after the first is remembered for a while. */
    public static final int HASH_BLOCK = RememberedHashes.BLOCK;

    /** The incarnation of a store that nobody has led yet. */
    public static final long UNBORN = 1;

    /** More revisions than this no store gets ahead of another one that was just as new. */
    private static final long MISSED_REVISIONS = 1_000_000_000;

    /** A store that makes more of them for years can be outrun by its own restored past. */
    private static final long REVISIONS_PER_SECOND = 1_000_000;

    private static final int EXPIRED_LEASES_PER_ENTRY = 100;
    private static final int EXPIRED_ELEMENTS_PER_ENTRY = 10_000;

    private final Effects effects;
    private final Table table = new Table();
    private final Leases leases = new Leases();
    private final Streams streams;
    private final ChangeRing ring = new ChangeRing();
    private final Origins origins = new Origins();
    private final List<SkippedEntry> skipped = new ArrayList<>();
    private final RememberedHashes hashes = new RememberedHashes();
    private String islandId = "";
    private StoreLimits limits = StoreLimits.DEFAULT;
    private long incarnation = UNBORN;
    private int featureLevel = 1;
    private long epoch;
    private long revision;
    private long tick;
    private long wall;
    private long appliedIndex;
    private List<Change> pending = new ArrayList<>();

    public HermesState(Effects effects) {
        this.effects = effects;
        this.streams = new Streams(effects);
    }

    // ---- applying

    /** Applies the entry at {@code index}, the next one. */
    public Applied apply(long index, LogEntry entry) {
        advanceTo(index);
        var header = entry.header();
        if (header.featureLevel() > SUPPORTED_FEATURE_LEVEL) {
            throw new Divergence(
                    "entry %d needs feature level %d, this version supports %d: install a newer one"
                            .formatted(index, header.featureLevel(), SUPPORTED_FEATURE_LEVEL));
        }
        if (origins.applied(header.origin(), header.originSequence())) {
            return remember(index, Applied.DUPLICATE);
        }
        if (header.epoch() != epoch && !entry.takesEpoch()) {
            return remember(index, Applied.STALE);
        }
        origins.record(header.origin(), header.originSequence(), index);
        tick = Math.max(tick, header.tick());
        wall = HybridTime.follow(wall, header.wall());
        expire();
        var results = new ArrayList<TransactionResult>(entry.commands().size());
        for (var command : entry.commands()) {
            results.add(apply(command));
        }
        return remember(index, new Applied(Applied.Verdict.APPLIED, results));
    }

    /**
     * Passes over the entry at {@code index}, which an operator has condemned, and records that.
     */
    public void skip(SkippedEntry condemned) {
        advanceTo(condemned.index());
        skipped.add(condemned);
        remember(condemned.index(), Applied.DUPLICATE);
    }

    private void advanceTo(long index) {
        Invariant.check(
                index > appliedIndex, () -> "entry " + index + " comes after " + appliedIndex);
        appliedIndex = index;
    }

    private Applied remember(long index, Applied applied) {
        hashes.remember(index, hash());
        return applied;
    }

    private TransactionResult apply(Command command) {
        return switch (command) {
            case Command.Transact(var transaction) -> transact(transaction);
            case Command.TakeEpoch _ -> {
                epoch = ++revision;
                yield committed();
            }
            case Command.Found(var id) -> {
                if (islandId.isEmpty()) {
                    islandId = id;
                }
                yield committed();
            }
            case Command.RaiseFeatureLevel(var level) -> raiseFeatureLevel(level);
            case Command.RaiseIncarnation(var raised) -> raiseIncarnation(raised);
            case Command.Configure(var changed) -> {
                limits = changed;
                ring.trim(limits.ringBytes(), limits.ringRevisions());
                yield committed();
            }
            case Command.VerifyHash(var index, var expected) -> verify(index, expected);
        };
    }

    private TransactionResult committed() {
        return new TransactionResult.Committed(revision);
    }

    private TransactionResult raiseFeatureLevel(int level) {
        if (level < featureLevel) {
            return new TransactionResult.Refused(
                    ErrorCode.INVALID,
                    "feature level %d: it is %d and only rises".formatted(level, featureLevel));
        }
        if (level > SUPPORTED_FEATURE_LEVEL) {
            throw new Divergence(
                    "feature level %d was switched on, this version supports %d: install a newer one"
                            .formatted(level, SUPPORTED_FEATURE_LEVEL));
        }
        featureLevel = level;
        return committed();
    }

    private TransactionResult raiseIncarnation(long raised) {
        if (raised <= incarnation) {
            return new TransactionResult.Refused(
                    ErrorCode.INVALID,
                    "incarnation %d: it is %d and only rises".formatted(raised, incarnation));
        }
        incarnation = raised;
        return committed();
    }

    /**
     * The incarnation that follows {@code present}. It holds the time in seconds, so that it
     * outranks whatever became of copies of the store meanwhile.
     */
    public static long nextIncarnation(long present, Instant wall) {
        return Math.max(present + 1, wall.getEpochSecond());
    }

    /**
     * Makes it the state of a store that goes on without the others that had it, or without what
     * came after it. Its revisions lie beyond all that those can have told: whoever watched them is
     * told COMPACTED, not nothing. Not for a state whose log goes on.
     */
    public void beginAnew(Instant wall, long aboveIncarnation, long aboveRevision) {
        incarnation = nextIncarnation(Math.max(incarnation, aboveIncarnation), wall);
        revision =
                Math.max(
                        Math.max(revision, aboveRevision) + MISSED_REVISIONS,
                        wall.getEpochSecond() * REVISIONS_PER_SECOND);
        ring.compact(revision + 1);
    }

    private TransactionResult verify(long index, long expected) {
        var own = hashAfter(index);
        if (own.isPresent() && own.get() != expected) {
            throw new Divergence(
                    "after entry %d this server's state hash is %016x, that of the group %016x: it must not serve. Rebuild it from another server (remove it, empty its folder, join it anew) or, when it is the only one, from a backup"
                            .formatted(index, own.get(), expected));
        }
        return committed();
    }

    private TransactionResult transact(Transaction transaction) {
        var objection = new TransactionCheck(this).objection(transaction);
        if (objection.isPresent()) {
            return objection.get();
        }
        revision++;
        for (var operation : transaction.operations()) {
            perform(operation);
        }
        publish();
        return committed();
    }

    private void perform(Operation operation) {
        switch (operation) {
            case Operation.Put put -> put(put);
            case Operation.Delete(var key) -> delete(key, Change.Cause.REQUESTED);
            case Operation.DeleteTree(var prefix) -> {
                for (var entry : table.under(prefix, Optional.empty(), Integer.MAX_VALUE)) {
                    delete(entry.key(), Change.Cause.REQUESTED);
                }
            }
            case Operation.Append(var key, var value) -> {
                var element = streams.append(key, revision, HybridTime.millis(wall), tick, value);
                pending.add(new Change.Appended(key, element));
            }
            case Operation.LimitStream(var key, var bounds) -> streams.limit(key, bounds, tick);
            case Operation.GrantLease(var timeToLive) ->
                    leases.grant(revision, timeToLive.toMillis(), tick);
            case Operation.KeepAlive(var id) -> leases.keepAlive(id, tick);
            case Operation.RevokeLease(var id) -> endLease(id, Change.Cause.LEASE_ENDED);
        }
    }

    private void put(Operation.Put put) {
        var old = table.get(put.key());
        var created = old == null ? revision : old.createRevision();
        // A lease that this very transaction revoked no longer owns anything.
        var lease = leases.lives(put.leaseId()) ? put.leaseId() : 0;
        var entry = new Entry(put.key(), put.value(), created, revision, lease);
        table.put(entry);
        if (old != null && old.leaseId() != 0) {
            leases.detach(old.leaseId(), old.key());
        }
        if (lease != 0) {
            leases.attach(lease, entry.key());
        }
        pending.add(new Change.Put(entry));
    }

    private void delete(Key key, Change.Cause cause) {
        var old = table.remove(key);
        if (old == null) {
            return;
        }
        if (old.leaseId() != 0) {
            leases.detach(old.leaseId(), key);
        }
        pending.add(new Change.Deleted(key, cause));
    }

    private void endLease(long id, Change.Cause cause) {
        for (var key : leases.end(id)) {
            delete(key, cause);
        }
    }

    private void expire() {
        for (var i = 0; i < EXPIRED_LEASES_PER_ENTRY; i++) {
            var over = leases.expired(tick);
            if (over == 0) {
                break;
            }
            revision++;
            endLease(over, Change.Cause.LEASE_ENDED);
            publish();
        }
        streams.expire(tick, EXPIRED_ELEMENTS_PER_ENTRY);
    }

    private void publish() {
        if (pending.isEmpty()) {
            return;
        }
        var changes = new RevisionChanges(revision, pending);
        pending = new ArrayList<>();
        ring.add(changes, limits.ringBytes(), limits.ringRevisions());
        effects.changed(changes);
    }

    // ---- reading

    public Optional<Entry> get(Key key) {
        return Optional.ofNullable(table.get(key));
    }

    /** Entries under {@code prefix} above {@code after}, in key order, at most {@code limit}. */
    public List<Entry> under(Key prefix, Optional<Key> after, int limit) {
        return table.under(prefix, after, limit);
    }

    /** Elements in memory with a sequence ≥ {@code fromSequence}, at most {@code limit}. */
    public List<StreamEntry> streamEntries(Key stream, long fromSequence, int limit) {
        return streams.find(stream).map(found -> found.from(fromSequence, limit)).orElse(List.of());
    }

    /**
     * The oldest element in memory or, when there is none, the next to come; 0 when there is no
     * such stream.
     */
    public long firstSequence(Key stream) {
        return streams.find(stream).map(Stream::firstSequence).orElse(0L);
    }

    /** The sequence that the stream's next element gets. */
    public long nextSequence(Key stream) {
        return streams.find(stream).map(Stream::nextSequence).orElse(1L);
    }

    public TableWalk walk(Optional<Key> prefix) {
        return table.walk(prefix, revision);
    }

    public ChangeRing ring() {
        return ring;
    }

    public boolean isStream(Key key) {
        return streams.exists(key);
    }

    public long revision() {
        return revision;
    }

    public long epoch() {
        return epoch;
    }

    public long incarnation() {
        return incarnation;
    }

    public int featureLevel() {
        return featureLevel;
    }

    public String islandId() {
        return islandId;
    }

    public StoreLimits limits() {
        return limits;
    }

    public long tick() {
        return tick;
    }

    public long wall() {
        return wall;
    }

    public long appliedIndex() {
        return appliedIndex;
    }

    public int entries() {
        return table.size();
    }

    public long tableBytes() {
        return table.bytes();
    }

    public List<SkippedEntry> skipped() {
        return List.copyOf(skipped);
    }

    /** The tick at which something ends, empty when only writes can change the state. */
    public Optional<Long> leaseDeadline() {
        return leases.nextDeadline();
    }

    /** The tick at which the oldest stream element gets too old. */
    public Optional<Long> ageDeadline() {
        return streams.nextDeadline();
    }

    /** The hash as it was after that entry; empty when it is not remembered. */
    public Optional<Long> hashAfter(long index) {
        return hashes.after(index);
    }

    /** Of everything that is replicated, as of {@link #appliedIndex}. */
    public long hash() {
        var hash =
                Hash64.mix(
                        Hash64.mix(table.hash(), streams.hash()),
                        Hash64.mix(leases.hash(), ring.hash()));
        hash = Hash64.mix(hash, Hash64.mix(origins.hash(), skippedHash()));
        hash =
                Hash64.mix(
                        hash,
                        Hash64.mix(
                                Hash64.mix(revision, epoch),
                                Hash64.mix(incarnation, featureLevel)));
        hash = Hash64.mix(hash, Hash64.mix(Hash64.mix(tick, wall), appliedIndex));
        return Hash64.mix(hash, Hash64.mix(islandId.hashCode(), limitsHash()));
    }

    private long skippedHash() {
        if (featureLevel < OWN_HASHES) {
            return skipped.hashCode();
        }
        var hash = 0L;
        for (var entry : skipped) {
            hash = Hash64.mix(hash, Hash64.mix(entry.index(), entry.hash()));
        }
        return hash;
    }

    private long limitsHash() {
        var ringBounds = Hash64.mix(limits.ringBytes(), limits.ringRevisions());
        return Hash64.mix(
                ringBounds,
                Hash64.mix(limits.tableBytes(), Hash64.mix(limits.leases(), limits.streams())));
    }

    // ---- snapshots

    /** The state as it is now, to be written down while it goes on. */
    public Capture capture(long term) {
        return new Capture(
                new SnapshotHead(
                        term,
                        appliedIndex,
                        hash(),
                        new SnapshotHead.Identity(islandId, incarnation, featureLevel),
                        new SnapshotHead.Progress(
                                epoch, revision, ring.compactRevision(), tick, wall),
                        limits),
                ring.copy(),
                leases.copy(),
                origins.copy(),
                skipped(),
                table.walk(Optional.empty(), revision),
                streams.walk());
    }

    void loadHead(SnapshotHead head) {
        appliedIndex = head.index();
        islandId = head.identity().islandId();
        incarnation = head.identity().incarnation();
        featureLevel = head.identity().featureLevel();
        epoch = head.progress().epoch();
        revision = head.progress().revision();
        ring.loadCompactRevision(head.progress().compactRevision());
        tick = head.progress().tick();
        wall = head.progress().wall();
        limits = head.limits();
    }

    void loadEntry(Entry entry) {
        table.put(entry);
        if (entry.leaseId() != 0) {
            leases.attach(entry.leaseId(), entry.key());
        }
    }

    void loadChanges(RevisionChanges changes) {
        ring.load(changes);
    }

    void loadLease(Lease lease) {
        leases.load(lease);
    }

    void loadOrigin(OriginWindow origin) {
        origins.load(origin);
    }

    void loadSkipped(SkippedEntry entry) {
        skipped.add(entry);
    }

    void loadStream(StreamWalk.Slice slice) {
        if (slice.first()) {
            streams.load(slice.stream(), slice.limits(), slice.firstSequence());
        }
        for (var element : slice.elements()) {
            streams.loadEntry(slice.stream(), element.entry(), element.tick());
        }
    }

    // ---- what validation looks at

    int leases() {
        return leases.size();
    }

    int streams() {
        return streams.size();
    }

    boolean leaseLives(long id) {
        return leases.lives(id);
    }

    int leasedKeys(long id) {
        return leases.keysOf(id);
    }

    long modifyRevision(Key key) {
        var entry = table.get(key);
        return entry == null ? 0 : entry.modifyRevision();
    }
}
