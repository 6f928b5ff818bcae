package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
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
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import olympus.hermes.history.Attempt;
import olympus.hermes.history.Linearizability;
import olympus.hermes.internal.ratis.TestPeers;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members in processes of their own under clients that write and read at all of them, while
 * leaders are killed, stopped for longer than an election takes, and asked to hand over: every
 * history is linearizable, nothing acknowledged is lost, nothing is applied twice, and a watch that
 * is resumed on another member misses nothing.
 */
final class ReplicaFaultsTest {

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<String> KEYS = List.of("r1", "r2", "r3");
    private static final int CLIENTS = 5;
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(1_500);

    @TempDir private Path folder = Path.of(".");
    private final Map<String, MemberProcess> members = new ConcurrentHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, List<Attempt>> histories = new ConcurrentHashMap<>();
    private final List<Integer> appended = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> notAppended = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Watcher watcher = new Watcher();

    @AfterEach
    void end() {
        over.set(true);
        members.values().forEach(MemberProcess::goOn);
        members.values().forEach(MemberProcess::kill);
    }

    @Test
    void historiesAreLinearizableWhileLeadersAreKilledAndStopped() throws Exception {
        runFaults(9, 1);
    }

    @Test
    @Tag("long")
    void historiesAreLinearizableOverTwoHundredFaults() throws Exception {
        runFaults(200, 2);
    }

    private void runFaults(int faults, long seed) throws Exception {
        found();
        var clients = new ArrayList<Thread>();
        for (var n = 0; n < CLIENTS; n++) {
            var random = new SplittableRandom(seed * 100 + n);
            clients.add(Thread.ofPlatform().name("client-" + n).start(() -> work(random)));
        }
        var watching = Thread.ofPlatform().name("watcher").start(watcher::follow);
        var random = new SplittableRandom(seed);
        for (var n = 0; n < faults; n++) {
            LockSupport.parkNanos(BETWEEN_FAULTS.toNanos());
            fault(n, random);
        }
        Eventually.holds("somebody leads", () -> !leader().isEmpty());
        LockSupport.parkNanos(BETWEEN_FAULTS.toNanos());
        over.set(true);
        for (var client : clients) {
            client.join();
        }
        watching.join();
        check();
    }

    private void fault(int number, SplittableRandom random) throws IOException {
        var leader = leader();
        if (leader.isEmpty()) {
            return;
        }
        var member = member(leader);
        switch (number % 3) {
            case 0 -> {
                member.stop();
                LockSupport.parkNanos(random.nextInt(700, 3_000) * 1_000_000L);
                member.goOn();
            }
            case 1 -> {
                member.kill();
                start(leader, false).awaitReady();
            }
            default -> {
                var to = NAMES.get((NAMES.indexOf(leader) + 1) % NAMES.size());
                assertThat(member.await("transfer " + to)).isNotEqualTo("gone");
            }
        }
    }

    private void found() throws IOException {
        start("a", false).awaitReady();
        var list = "a:127.0.0.1:" + ports.get("a");
        for (var name : List.of("b", "c")) {
            var member = start(name, true);
            list += "," + name + ":127.0.0.1:" + ports.get(name);
            assertThat(member("a").await("members " + list)).isEqualTo("changed");
            member.awaitReady();
        }
    }

    private MemberProcess start(String name, boolean joins) throws IOException {
        var port = ports.computeIfAbsent(name, _ -> TestPeers.freePort());
        var data = Files.createDirectories(folder.resolve(name));
        var member = MemberProcess.start(name, data.resolve("hermes"), port, joins, watcher::heard);
        members.put(name, member);
        return member;
    }

    private MemberProcess member(String name) {
        return Objects.requireNonNull(members.get(name));
    }

    private String leader() {
        return NAMES.stream()
                .filter(name ->
                        member(name)
                                .ask("status")
                                .completeOnTimeout("", 2, TimeUnit.SECONDS)
                                .join()
                                .startsWith("status LEADER"))
                .findFirst()
                .orElse("");
    }

    // ---- clients

    private void work(SplittableRandom random) {
        var known = new HashMap<String, Integer>();
        while (!over.get()) {
            var member = member(NAMES.get(random.nextInt(NAMES.size())));
            var key = KEYS.get(random.nextInt(KEYS.size()));
            switch (random.nextInt(6)) {
                case 0 -> append(member);
                case 1 -> write(member, key);
                case 2 -> compareAndSet(member, key, known.getOrDefault(key, 0));
                default -> known.put(key, read(member, key, known.getOrDefault(key, 0)));
            }
            LockSupport.parkNanos(random.nextInt(8) * 1_000_000L);
        }
    }

    private void append(MemberProcess member) {
        var value = values.incrementAndGet();
        var answer = member.await("append " + value);
        if (answer.startsWith("done")) {
            appended.add(value);
        } else if (answer.startsWith("refused")) {
            notAppended.add(value);
        }
    }

    private void write(MemberProcess member, String key) {
        var value = values.incrementAndGet();
        var start = System.nanoTime();
        var answer = member.await("put " + key + " " + value);
        if (!answer.startsWith("refused")) {
            record(key, new Attempt.Kind.Write(value), start, answer.startsWith("done"));
        }
    }

    private void compareAndSet(MemberProcess member, String key, int expected) {
        var value = values.incrementAndGet();
        var start = System.nanoTime();
        var answer = member.await("cas " + key + " " + expected + " " + value);
        if (!answer.startsWith("refused")) {
            var isKnown = answer.startsWith("done") || answer.equals("conflict");
            var done = !answer.equals("conflict");
            record(key, new Attempt.Kind.CompareAndSet(expected, value, done), start, isKnown);
        }
    }

    private int read(MemberProcess member, String key, int before) {
        var start = System.nanoTime();
        var answer = member.await("get " + key);
        if (!answer.startsWith("value ")) {
            return before;
        }
        var found = Integer.parseInt(answer.substring(6));
        record(key, new Attempt.Kind.Read(found), start, true);
        return found;
    }

    private void record(String key, Attempt.Kind kind, long start, boolean isKnown) {
        histories
                .computeIfAbsent(key, _ -> Collections.synchronizedList(new ArrayList<>()))
                .add(new Attempt(kind, start, isKnown ? System.nanoTime() : Attempt.NEVER));
    }

    // ---- what must hold

    private void check() {
        for (var name : NAMES) {
            assertThat(member(name).await("status")).as(name).endsWith(" -");
        }
        histories.forEach((key, history) -> {
            assertThat(history).as(key).hasSizeGreaterThan(100);
            assertThat(Linearizability.objection(history)).as(key).isEmpty();
        });
        var stored = stream();
        assertThat(appended).hasSizeGreaterThan(50);
        assertThat(stored).as("acknowledged").containsAll(appended);
        assertThat(stored).as("refused").noneMatch(notAppended::contains);
        assertThat(new HashSet<>(stored)).as("applied once").hasSameSizeAs(stored);
        assertThat(watcher.seen()).as("watched, in order").containsExactlyElementsOf(stored);
    }

    private List<Integer> stream() {
        var all = new ArrayList<Integer>();
        while (true) {
            var words = member("b").await("stream " + (all.size() + 1)).split(" ");
            assertThat(words[0]).isEqualTo("stream");
            if (words.length == 1) {
                return all;
            }
            for (var n = 1; n < words.length; n++) {
                all.add(Integer.parseInt(words[n]));
            }
        }
    }

    /** One watch that goes from member to member, each time from where it was. */
    private final class Watcher {

        private final List<Integer> seen = new ArrayList<>();
        private long lastRevision;
        private int watch;

        /** Changes the member every now and then, and at the end once more. */
        void follow() {
            for (var n = 0; !over.get(); n++) {
                moveTo(NAMES.get(n % NAMES.size()));
                LockSupport.parkNanos(Duration.ofMillis(900).toNanos());
            }
            moveTo("c");
            var stored = stream().size();
            Eventually.holds("the watch has seen all " + stored, () -> seen().size() >= stored);
        }

        private void moveTo(String name) {
            String question;
            synchronized (this) {
                watch++;
                question = "watch %d %d".formatted(lastRevision + 1, watch);
            }
            var _ = member(name).ask(question);
        }

        synchronized List<Integer> seen() {
            return List.copyOf(seen);
        }

        /** What an earlier watch tells late is not listened to. */
        synchronized void heard(String line) {
            assertThat(line).doesNotStartWith("ended");
            var words = line.split(" ");
            if (words[0].equals("event") && words[1].equals("" + watch)) {
                lastRevision = Long.parseLong(words[2]);
                seen.add(Integer.parseInt(words[3].substring("seen/".length())));
            }
        }
    }
}
