package olympus.hermes.simulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.hermes.log.Group;
import olympus.hermes.log.LogDisk;
import olympus.hermes.log.ReplicatedLog;
import org.jspecify.annotations.Nullable;

/**
 * What a consensus engine promises and nothing more: one sequence of committed entries, which every
 * member sees in order and at its own pace; a leader whose uncommitted tail is lost, or kept up to
 * some entry, when another takes over, and who learns late that it was deposed; messages that are
 * lost or late (none comes twice, as with the calls of gRPC).
 *
 * <p>Voters are in terms, which never fall, over crashes neither. A leader is chosen by a majority
 * of members that run and are not cut off, who are in its term from then on; an entry is committed
 * when such a majority has it; whoever does not take part hears of the term later.
 */
public final class SimulatedGroup {

    private static final Duration ASK_DEADLINE = Duration.ofSeconds(5);
    private static final int MAX_UNAPPLIED = 16;

    /** At one commit or election of so many, a member begins to lag. */
    private static final int LAGS_OF = 20;

    private static final int MAX_LAG_MILLIS = 400;

    private final EventLoop world;
    private final RandomGenerator random;
    private final Path snapshots;
    private final Map<String, Log> members = new LinkedHashMap<>();
    private final Map<String, Long> terms = new HashMap<>();
    private final Set<String> cutOff = new HashSet<>();
    private final List<Committed> committed = new ArrayList<>();
    private final List<Item> tail = new ArrayList<>();
    private Optional<ReplicatedLog.SnapshotFile> newest = Optional.empty();
    private String leader = "";
    private long term;
    private long nextIndex = 1;
    private boolean committing;

    /** How often a message does not arrive, of a thousand; with 0, none is very late either. */
    public int lostOfThousand = 20;

    /** Of a member, or without {@code by} the engine's own at the begin of a leadership. */
    private record Committed(long term, long index, @Nullable Item by) {}

    private record Item(
            Log submitter,
            int life,
            long term,
            ByteBuffer bytes,
            Object context,
            ReplicatedLog.Submission callback) {}

    public SimulatedGroup(EventLoop world, RandomGenerator random, Path snapshots) {
        this.world = world;
        this.random = random;
        this.snapshots = snapshots;
    }

    /** The log of a member's next process. */
    public Log member(String id, SimulatedMachine machine) {
        var before = members.get(id);
        var log = new Log(id, machine, before == null ? 0 : before.life + 1);
        members.put(id, log);
        terms.putIfAbsent(id, 0L);
        return log;
    }

    public String leader() {
        return leader;
    }

    /** The member's process has ended: what it had not flushed is gone, nobody is told anything. */
    public void crash(String id) {
        log(id).applier = null;
        if (id.equals(leader)) {
            cutTail();
            leader = "";
        }
    }

    /** Nothing reaches the member any more, nor comes from it. */
    public void cutOff(String id) {
        cutOff.add(id);
    }

    /** Everybody hears everybody again. */
    public void heal() {
        cutOff.clear();
        deliverAll();
    }

    /**
     * Another member leads from now on; it has everything committed, and perhaps more. Nothing
     * happens when no majority can choose it.
     */
    public void elect(String id) {
        var voters = quorum(id);
        if (voters.isEmpty()) {
            return;
        }
        if (!leader.isEmpty()) {
            log(leader).knew = committed.size();
        }
        term++;
        voters.forEach(voter -> terms.put(voter, term));
        cutTail();
        leader = id;
        committed.add(new Committed(term, nextIndex++, null));
        deliverAll();
        var chosen = log(id);
        var last = committed.size();
        chosen.whenDelivered(
                last,
                () -> {
                    if (leader.equals(id)) {
                        chosen.tell(new ReplicatedLog.Leadership(true, term, Optional.of(id)));
                    }
                });
        var present = term;
        for (var other : members.values()) {
            if (other != chosen) {
                if (random.nextInt(3) == 0) {
                    other.lag();
                }
                later(
                        random.nextInt(400),
                        () -> {
                            if (term == present && other.applier != null) {
                                other.tell(new ReplicatedLog.Leadership(false, present, known()));
                            }
                        });
            }
        }
    }

    /** The old leader's tail: a part of it may have reached the next one. */
    private void cutTail() {
        var kept = tail.isEmpty() ? 0 : random.nextInt(tail.size() + 1);
        for (var n = 0; n < tail.size(); n++) {
            var item = tail.get(n);
            if (n < kept) {
                commit(item);
            }
            item.submitter.ended(
                    item, new ReplicatedLog.Submission.Outcome.Unknown("the leadership was lost"));
        }
        tail.clear();
        deliverAll();
    }

    /** The member and enough others that can act with it, at random; empty when too few can. */
    private Set<String> quorum(String id) {
        var others = new ArrayList<>(members.keySet());
        others.remove(id);
        others.removeIf(name -> !log(name).takesPart());
        Collections.shuffle(others, java.util.Random.from(random));
        var needed = members.size() / 2;
        if (!log(id).takesPart() || others.size() < needed) {
            return Set.of();
        }
        var chosen =
                new HashSet<>(
                        others.subList(0, needed + random.nextInt(others.size() - needed + 1)));
        chosen.add(id);
        return chosen;
    }

    private Optional<String> known() {
        return Optional.of(leader).filter(name -> !name.isEmpty());
    }

    private void startCommitting() {
        if (!committing && !tail.isEmpty()) {
            committing = true;
            later(
                    1 + random.nextInt(8),
                    () -> {
                        committing = false;
                        // An old leader that was deposed meanwhile has no tail any more.
                        var stored = tail.isEmpty() ? Set.<String>of() : quorum(leader);
                        var flushed = stored.isEmpty() ? 0 : 1 + random.nextInt(tail.size());
                        for (var n = 0; n < flushed; n++) {
                            commit(tail.removeFirst());
                        }
                        stored.forEach(voter -> terms.put(voter, term));
                        deliverAll();
                        startCommitting();
                    });
        }
    }

    private void commit(Item item) {
        committed.add(new Committed(item.term, nextIndex++, item));
    }

    private void deliverAll() {
        for (var member : members.values()) {
            if (random.nextInt(LAGS_OF) == 0) {
                member.lag();
            }
            later(random.nextInt(12), member::deliver);
        }
    }

    private void later(int millis, Runnable task) {
        world.schedule(Duration.ofMillis(millis), task);
    }

    private Log log(String id) {
        return Objects.requireNonNull(members.get(id), id);
    }

    /** One member's door to the group, for one process. */
    public final class Log implements ReplicatedLog, Group {

        private final String id;
        private final SimulatedMachine machine;
        private final int life;
        private @Nullable Applier applier;
        private Consumer<Leadership> listener = _ -> {};
        private Answerer answerer =
                (_, _) -> CompletableFuture.failedFuture(new IOException("not ready"));
        private Leadership leadership = new Leadership(false, 0, Optional.empty());
        private int delivered;
        private int knew;
        private boolean lags;
        private int unapplied;
        private int awaited = -1;
        private Runnable whenAwaited = () -> {};

        private Log(String id, SimulatedMachine machine, int life) {
            this.id = id;
            this.machine = machine;
            this.life = life;
        }

        @Override
        public void open(Applier receiver) throws IOException {
            applier = receiver;
            load(receiver);
            deliver();
            if (!leader.isEmpty()) {
                var present = new Leadership(false, term, Optional.of(leader));
                machine.loop().execute(() -> tell(present));
            }
        }

        /** Whether it votes and stores at this moment. */
        private boolean takesPart() {
            return applier != null && !machine.stopped() && !cutOff.contains(id);
        }

        /**
         * What is committed reaches it late, although it answers: its link from the leader is slow,
         * or its process has just gone on.
         */
        private void lag() {
            if (lags) {
                return;
            }
            lags = true;
            later(
                    random.nextInt(MAX_LAG_MILLIS),
                    () -> {
                        lags = false;
                        deliver();
                    });
        }

        private void heard(long of) {
            terms.merge(id, of, Math::max);
        }

        private void load(Applier receiver) throws IOException {
            var index = receiver.load(newest);
            delivered = (int) index;
        }

        @Override
        public void submit(ByteBuffer entry, Object context, Submission callback) {
            var item = new Item(this, life, leadership.term(), entry, context, callback);
            if (!leadership.leader()) {
                callback.ended(
                        new Submission.Outcome.Rejected(
                                ErrorCode.UNAVAILABLE, "this member does not lead"));
            } else if (!leader.equals(id) || leadership.term() != term) {
                // It does not know yet that it was deposed, and will find out.
                later(
                        500 + random.nextInt(2_000),
                        () ->
                                ended(
                                        item,
                                        new Submission.Outcome.Unknown("the leadership was lost")));
            } else {
                tail.add(item);
                startCommitting();
            }
        }

        private void ended(Item item, Submission.Outcome outcome) {
            machine.loop()
                    .schedule(
                            Duration.ofMillis(random.nextInt(50)),
                            () -> {
                                if (applier != null && item.life == life) {
                                    item.callback.ended(outcome);
                                }
                            });
        }

        private void tell(Leadership news) {
            if (applier == null || news.term() < leadership.term()) {
                return;
            }
            // A process that stands still learns it when it goes on.
            if (machine.stopped()) {
                machine.loop().execute(() -> tell(news));
                return;
            }
            if (cutOff.contains(id)) {
                later(100, () -> tell(news));
                return;
            }
            heard(news.term());
            leadership = news;
            listener.accept(news);
        }

        private void whenDelivered(int count, Runnable action) {
            awaited = count;
            whenAwaited = action;
            deliver();
        }

        private void deliver() {
            var receiver = applier;
            if (receiver == null) {
                return;
            }
            if (machine.stopped()) {
                lag();
                return;
            }
            if (cutOff.contains(id) || lags) {
                return;
            }
            skipToSnapshot(receiver);
            while (delivered < committed.size() && unapplied < MAX_UNAPPLIED) {
                var next = committed.get(delivered++);
                heard(next.term);
                if (next.by == null) {
                    receiver.passed(next.index);
                    continue;
                }
                unapplied++;
                var _ =
                        receiver.committed(
                                        next.term,
                                        next.index,
                                        next.by.bytes.duplicate(),
                                        context(next.by))
                                .thenRun(() -> machine.loop().execute(this::applied));
            }
            if (awaited >= 0 && delivered >= awaited) {
                awaited = -1;
                whenAwaited.run();
            }
        }

        /** A member that lags by enough is sent the newest snapshot. */
        private void skipToSnapshot(Applier receiver) {
            if (newest.isPresent()
                    && newest.get().index() > delivered + 30
                    && random.nextInt(3) == 0) {
                try {
                    load(receiver);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private Optional<Object> context(Item by) {
            return by.submitter == this ? Optional.of(by.context) : Optional.empty();
        }

        private void applied() {
            unapplied--;
            deliver();
        }

        @Override
        public Leadership leadership() {
            return leadership;
        }

        @Override
        public void onLeadership(Consumer<Leadership> changed) {
            listener = changed;
        }

        @Override
        public CompletionStage<Void> installed(SnapshotFile snapshot, long index) {
            if (newest.isEmpty() || newest.get().index() < index) {
                newest = Optional.of(snapshot);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Group group() {
            return this;
        }

        @Override
        public long logBytes() {
            return committed.size();
        }

        @Override
        public Optional<Submission.Outcome.Rejected> refusal() {
            return Optional.empty();
        }

        @Override
        public LogDisk disk() {
            return LogDisk.none();
        }

        /** Leads and hears no more; a crash brings it back. */
        @Override
        public void fail(Throwable cause) {
            crash(id);
        }

        @Override
        public Path snapshotDirectory() {
            return snapshots;
        }

        @Override
        public void close() {
            applier = null;
        }

        @Override
        public String self() {
            return id;
        }

        @Override
        public boolean alone() {
            return false;
        }

        @Override
        public Members members() {
            return new Members(
                    members.keySet().stream().map(name -> new Member(name, name, 1)).toList());
        }

        /** A leader knows at once what it has committed, the others what they were given. */
        @Override
        public Optional<Standing> standing() {
            if (applier == null) {
                return Optional.empty();
            }
            var own = Objects.requireNonNull(terms.get(id));
            var last = leader.equals(id) && own == term ? committed.size() : knew;
            return Optional.of(
                    new Standing(
                            leadership.leader(),
                            Math.max(last, delivered),
                            Optional.of(members()),
                            own));
        }

        @Override
        public CompletionStage<Void> change(Members from, Members to) {
            throw new UnsupportedOperationException("the members of a simulation stay");
        }

        @Override
        public CompletionStage<Void> transferLeadership(String member) {
            elect(member);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<ByteBuffer> ask(String member, ByteBuffer question) {
            var answer = new CompletableFuture<ByteBuffer>();
            if (comesThrough(member)) {
                var delay = lostOfThousand > 0 && random.nextInt(50) == 0 ? 6_000 : 20;
                later(random.nextInt(delay), () -> arrive(member, question, answer));
            }
            machine.loop()
                    .schedule(
                            ASK_DEADLINE,
                            () ->
                                    answer.completeExceptionally(
                                            new OlympusException(
                                                    ErrorCode.UNAVAILABLE, "no answer in time")));
            return answer;
        }

        private void arrive(
                String member, ByteBuffer question, CompletableFuture<ByteBuffer> answer) {
            var other = log(member);
            if (other.applier == null || !connected(member)) {
                return;
            }
            other.machine
                    .loop()
                    .execute(() -> {
                        var _ =
                                other.answerer
                                        .answer(id, question.duplicate())
                                        .whenComplete((found, failure) -> {
                                            if (comesThrough(member)) {
                                                later(
                                                        random.nextInt(20),
                                                        () -> back(answer, found, failure));
                                            }
                                        });
                    });
        }

        private boolean comesThrough(String member) {
            return random.nextInt(1_000) >= lostOfThousand && connected(member);
        }

        private boolean connected(String member) {
            return !cutOff.contains(id) && !cutOff.contains(member);
        }

        private void back(
                CompletableFuture<ByteBuffer> answer,
                @Nullable ByteBuffer found,
                @Nullable Throwable failure) {
            if (applier == null) {
                return;
            }
            machine.loop()
                    .execute(() -> {
                        if (found != null) {
                            answer.complete(found.duplicate());
                        } else if (failure != null) {
                            answer.completeExceptionally(failure);
                        }
                    });
        }

        @Override
        public void onQuestion(Answerer present) {
            answerer = present;
        }
    }
}
