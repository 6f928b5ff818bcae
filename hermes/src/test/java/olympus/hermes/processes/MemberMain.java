package olympus.hermes.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import olympus.foundation.Clock;
import olympus.hermes.Bytes;
import olympus.hermes.Change;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StreamEntry;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.WatchEvent;
import olympus.hermes.internal.ratis.TestAuthority;
import olympus.hermes.internal.ratis.TestPeers;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.hermes.log.LogConfig;

/**
 * A process with one member of a store. It takes a question a line from its standard input ({@code
 * NUMBER put KEY VALUE}) and answers each with a line ({@code NUMBER done REVISION}); a watch tells
 * {@code event …}.
 */
final class MemberMain {

    /** With which each line ends, so that one that a kill has cut off is not taken for whole. */
    static final String END = " .";

    static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-0000000000f1");
    private static final Key STREAM = Key.of("log");

    private final HermesNode node;
    private final Map<String, Hermes.Watch> watches = new ConcurrentHashMap<>();

    private MemberMain(HermesNode node) {
        this.node = node;
    }

    public static void main(String[] arguments) throws IOException {
        var launch = MemberLaunch.parse(arguments);
        var node =
                HermesNode.open(
                        new HermesOptions(
                                "island",
                                Optional.of(launch.folder()),
                                launch.deadline(),
                                256 << 10,
                                1 << 20),
                        LogConfig.alone(launch.folder(), GROUP)
                                .as(
                                        launch.name(),
                                        TestPeers.at(
                                                launch.host(),
                                                launch.port(),
                                                launch.joins(),
                                                launch.certificates()
                                                        .map(folder ->
                                                                TestAuthority.load(
                                                                        folder, launch.name()))))
                                .withLimits(
                                        LogConfig.Limits.standard()
                                                .withReserveBytes(launch.reserveBytes())
                                                .withSegmentBytes(128 << 10)),
                        Clock.system());
        var main = new MemberMain(node);
        var _ = node.ready().thenRun(() -> say("ready"));
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            main.asked(line.split(" ", -1));
        }
        System.exit(0);
    }

    private void asked(String[] words) {
        var number = words[0];
        var _ =
                switch (words[1]) {
                    case "put" -> told(number, put(words[2], words[3]));
                    case "cas" -> told(number, compareAndSet(words[2], words[3], words[4]));
                    case "append" ->
                            told(
                                    number,
                                    node.transact(
                                            Transaction.of(
                                                    new Operation.Append(
                                                            STREAM, Bytes.utf8(words[2])),
                                                    new Operation.Put(
                                                            Key.of("seen/" + words[2]),
                                                            Bytes.EMPTY))));
                    case "get" ->
                            said(
                                    number,
                                    node.get(Key.of(words[2]))
                                            .thenApply(found ->
                                                    "value "
                                                            + found.map(Entry::value)
                                                                    .map(Bytes::toString)
                                                                    .orElse("0")));
                    case "stream" -> said(number, stream(Long.parseLong(words[2])));
                    case "status" -> said(number, status());
                    case "level" ->
                            said(
                                    number,
                                    CompletableFuture.completedFuture(
                                            "level " + node.status().featureLevel()));
                    case "watch" -> {
                        watch(Long.parseLong(words[2]), words[3]);
                        yield said(number, CompletableFuture.completedFuture("watching"));
                    }
                    case "unwatch" -> {
                        Optional.ofNullable(watches.remove(words[2]))
                                .ifPresent(Hermes.Watch::close);
                        yield said(number, CompletableFuture.completedFuture("unwatched"));
                    }
                    case "threads" -> said(number, threads());
                    case "lease" -> told(number, lease(words[2], words[3]));
                    case "members" -> said(number, change(words[2]));
                    case "transfer" ->
                            said(
                                    number,
                                    node.group()
                                            .transferLeadership(words[2])
                                            .thenApply(_ -> "transferred"));
                    default -> throw new IllegalArgumentException(Arrays.toString(words));
                };
    }

    private CompletionStage<String> status() {
        var status = node.status();
        return CompletableFuture.completedFuture(
                "status %s %s %d %s"
                        .formatted(
                                status.role(),
                                status.leader().orElse("-"),
                                status.revision(),
                                status.halted().orElse("-")));
    }

    private static CompletionStage<String> threads() {
        return CompletableFuture.completedFuture(
                "threads " + ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private CompletionStage<TransactionResult> put(String key, String value) {
        return node.transact(Transaction.of(new Operation.Put(Key.of(key), Bytes.utf8(value))));
    }

    private CompletionStage<TransactionResult> compareAndSet(
            String key, String expected, String value) {
        var at = Key.of(key);
        Condition condition =
                expected.equals("0")
                        ? new Condition.Absent(at)
                        : new Condition.ValueIs(at, Bytes.utf8(expected));
        return node.transact(
                new Transaction(
                        List.of(condition), List.of(new Operation.Put(at, Bytes.utf8(value)))));
    }

    /** A key that goes with a lease of its own. */
    private CompletionStage<TransactionResult> lease(String key, String millis) {
        var length = Duration.ofMillis(Long.parseLong(millis));
        return node.transact(Transaction.of(new Operation.GrantLease(length)))
                .thenCompose(granted ->
                        granted instanceof TransactionResult.Committed(var id)
                                ? node.transact(
                                        Transaction.of(
                                                new Operation.Put(
                                                        Key.of(key), Bytes.utf8("1"), id)))
                                : CompletableFuture.completedFuture(granted));
    }

    private CompletionStage<String> stream(long from) {
        return node.readStream(STREAM, from, Hermes.MAX_PAGE)
                .thenApply(page -> {
                    var line = new StringBuilder("stream");
                    for (StreamEntry entry : page.entries()) {
                        line.append(' ').append(entry.value());
                    }
                    return line.toString();
                });
    }

    private CompletionStage<String> change(String list) {
        var members = new ArrayList<Member>();
        for (var item : list.split(",")) {
            var parts = item.split(":");
            members.add(new Member(parts[0], parts[1], Integer.parseInt(parts[2])));
        }
        return node.group()
                .change(node.group().members(), new Members(members))
                .thenApply(_ -> "changed");
    }

    private void watch(long from, String id) {
        var watch =
                node.watch(
                        Key.of("seen"),
                        from,
                        Runnable::run,
                        event -> {
                            switch (event) {
                                case WatchEvent.Changed(var revision, var changes) -> {
                                    for (var change : changes) {
                                        if (change instanceof Change.Put(var entry)) {
                                            say("event " + id + " " + revision + " " + entry.key());
                                        }
                                    }
                                }
                                default -> say("ended " + id + " " + event);
                            }
                        });
        watches.put(id, watch);
    }

    private static CompletionStage<?> told(
            String number, CompletionStage<TransactionResult> result) {
        return said(
                number,
                result.thenApply(known ->
                        switch (known) {
                            case TransactionResult.Committed(var revision) -> "done " + revision;
                            case TransactionResult.Conflict _ -> "conflict";
                            case TransactionResult.Refused(_, var why) -> "refused " + why;
                            case TransactionResult.Unknown(var why) -> "unknown " + why;
                        }));
    }

    private static CompletionStage<?> said(String number, CompletionStage<String> answer) {
        return answer.whenComplete((text, failure) ->
                say(
                        number
                                + " "
                                + (failure == null
                                        ? text
                                        : "failed " + String.valueOf(failure).replace('\n', ' '))));
    }

    private static synchronized void say(String line) {
        System.out.println(line + END);
        System.out.flush();
    }
}
