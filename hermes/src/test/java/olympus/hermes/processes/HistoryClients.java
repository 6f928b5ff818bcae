package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import olympus.hermes.history.Attempt;
import olympus.hermes.history.Linearizability;
import olympus.hermes.log.Eventually;

/**
 * Clients that write and read at the members of a group and remember what they were answered, with
 * a watch that goes from member to member; {@link #check} says whether one copy could have answered
 * so, whether anything acknowledged is lost or applied twice, and whether the watch saw everything
 * in order. Threading: one thread starts, ends and checks.
 */
final class HistoryClients implements AutoCloseable {

    private static final List<String> KEYS = List.of("r1", "r2", "r3");
    private static final Duration STAY = Duration.ofMillis(900);
    private static final int LONGEST_THOUGHT_MILLIS = 8;

    private final MemberGroup group;
    private final Map<String, List<Attempt>> histories = new ConcurrentHashMap<>();
    private final List<Integer> appended = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> notAppended = Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> silences = new ConcurrentLinkedQueue<>();
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final RoamingWatch watch;

    HistoryClients(MemberGroup group) {
        this.group = group;
        this.watch = new RoamingWatch(group);
    }

    /** Starts clients of which each goes to any member. */
    HistoryClients roaming(int clients, long seed) {
        return start(
                clients,
                seed,
                _ ->
                        random -> {
                            var names = group.names();
                            return names.get(random.nextInt(names.size()));
                        });
    }

    /**
     * Starts clients of which each stays at one member, so that one that hangs holds up only its
     * own.
     */
    HistoryClients pinned(int clientsOfEach, long seed) {
        var names = group.names();
        return start(clientsOfEach * names.size(), seed, n -> _ -> names.get(n % names.size()));
    }

    private HistoryClients start(
            int clients, long seed, Function<Integer, Function<SplittableRandom, String>> choices) {
        for (var n = 0; n < clients; n++) {
            var random = new SplittableRandom(seed * 100 + n);
            var choice = choices.apply(n);
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("client-" + n)
                            .start(() -> {
                                try {
                                    work(random, choice);
                                } catch (AssertionError unanswered) {
                                    silences.add("" + unanswered.getMessage());
                                }
                            }));
        }
        return this;
    }

    /** Lets the watch go from member to member, which {@code stay} tells how long. */
    HistoryClients watching(Duration stay) {
        threads.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("watch")
                        .start(() -> watch.follow(over::get, stay)));
        return this;
    }

    HistoryClients watching() {
        return watching(STAY);
    }

    int watchMoves() {
        return watch.moves();
    }

    /** Answers so far that were neither done nor a value nor a conflict. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Answers so far that were done, a value, or a conflict. */
    int answered() {
        return answered.get();
    }

    /** Lets some more be written and read, as a sign that the group works. */
    void awaitMore(int answers) {
        var before = answered.get();
        Eventually.holds(
                answers + " more questions are answered", () -> answered.get() >= before + answers);
    }

    /** Ends the clients and waits for their last answers. */
    void end() throws InterruptedException {
        over.set(true);
        for (var thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        over.set(true);
    }

    /** Ends the clients and checks everything. */
    void endAndCheck() throws InterruptedException {
        awaitMore(60);
        end();
        check(group.names().getLast());
    }

    private void check(String member) {
        assertThat(silences).as("questions that were never answered").isEmpty();
        group.assertNoneHasHalted();
        histories.forEach((key, history) -> {
            assertThat(history).as(key).hasSizeGreaterThan(5);
            assertThat(Linearizability.objection(history)).as(key).isEmpty();
        });
        var stored = group.appended(member);
        assertThat(appended).isNotEmpty();
        assertThat(stored).as("acknowledged").containsAll(appended);
        assertThat(stored).as("refused").noneMatch(notAppended::contains);
        assertThat(new HashSet<>(stored)).as("applied once").hasSameSizeAs(stored);
        assertThat(watch.seenInTheEnd(member))
                .as("watched, in order")
                .containsExactlyElementsOf(stored);
    }

    private void work(SplittableRandom random, Function<SplittableRandom, String> choice) {
        var known = new HashMap<String, Integer>();
        while (!over.get()) {
            var member = group.member(choice.apply(random));
            var key = KEYS.get(random.nextInt(KEYS.size()));
            switch (random.nextInt(6)) {
                case 0 -> append(member);
                case 1 -> write(member, key);
                case 2 -> compareAndSet(member, key, known.getOrDefault(key, 0));
                default -> known.put(key, read(member, key, known.getOrDefault(key, 0)));
            }
            LockSupport.parkNanos(random.nextInt(LONGEST_THOUGHT_MILLIS) * 1_000_000L);
        }
    }

    private void append(MemberProcess member) {
        var value = values.incrementAndGet();
        var answer = ask(member, "append " + value);
        if (answer.startsWith("done")) {
            appended.add(value);
        } else if (answer.startsWith("refused")) {
            notAppended.add(value);
        }
    }

    private void write(MemberProcess member, String key) {
        var value = values.incrementAndGet();
        var start = System.nanoTime();
        var answer = ask(member, "put " + key + " " + value);
        if (!answer.startsWith("refused")) {
            record(key, new Attempt.Kind.Write(value), start, answer.startsWith("done"));
        }
    }

    private void compareAndSet(MemberProcess member, String key, int expected) {
        var value = values.incrementAndGet();
        var start = System.nanoTime();
        var answer = ask(member, "cas " + key + " " + expected + " " + value);
        if (!answer.startsWith("refused")) {
            var isKnown = answer.startsWith("done") || answer.equals("conflict");
            var done = !answer.equals("conflict");
            record(key, new Attempt.Kind.CompareAndSet(expected, value, done), start, isKnown);
        }
    }

    private int read(MemberProcess member, String key, int before) {
        var start = System.nanoTime();
        var answer = ask(member, "get " + key);
        if (!answer.startsWith("value ")) {
            return before;
        }
        var found = Integer.parseInt(answer.substring(6));
        record(key, new Attempt.Kind.Read(found), start, true);
        return found;
    }

    private String ask(MemberProcess member, String question) {
        var answer = member.await(question);
        if (!answer.startsWith("done")
                && !answer.startsWith("value ")
                && !answer.equals("conflict")) {
            failures.add(question + ": " + answer);
        } else {
            answered.incrementAndGet();
        }
        return answer;
    }

    private void record(String key, Attempt.Kind kind, long start, boolean isKnown) {
        histories
                .computeIfAbsent(key, _ -> Collections.synchronizedList(new ArrayList<>()))
                .add(new Attempt(kind, start, isKnown ? System.nanoTime() : Attempt.NEVER));
    }
}
