package olympus.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.PeerAccess;

/**
 * A process with one member of a store of Hermes, with the options and the certificates that the
 * product gives it. It takes a question a line from its standard input and answers each with a line
 * that begins with {@link #ANSWER}; besides it listens for the measuring client ({@link KvFront}).
 */
final class ReplicaMain {

    static final String ANSWER = "answer ";
    static final int KEYS = 10_000;
    static final int VALUE_BYTES = 100;

    private static final long PATIENCE_SECONDS = 60;

    private final HermesNode node;
    private final ThreadEventLoop watchers;

    private ReplicaMain(HermesNode node, ThreadEventLoop watchers) {
        this.node = node;
        this.watchers = watchers;
    }

    /**
     * @param arguments folder of the realm's keys, folder, member, port for members, port for
     *     clients, whether it joins
     */
    public static void main(String[] arguments) throws Exception {
        var keys = new ReplicaKeys(Path.of(arguments[0]));
        var folder = Path.of(arguments[1]);
        var access =
                new PeerAccess(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[3])),
                        "127.0.0.1",
                        Integer.parseInt(arguments[3]),
                        Boolean.parseBoolean(arguments[5]),
                        Optional.of(keys.tls(folder.resolve("keys"))));
        var island = keys.owner().island();
        var store = folder.resolve("hermes");
        var node =
                HermesNode.open(
                        HermesOptions.of(island.toString(), store),
                        LogConfig.alone(store, island).as(arguments[2], access),
                        Clock.system());
        var watchers = new ThreadEventLoop("watchers", (name, cause) -> cause.printStackTrace());
        KvFront.listen(node, Integer.parseInt(arguments[4]), watchers);
        say("listening");
        new ReplicaMain(node, watchers).serve();
        System.exit(0);
    }

    private void serve() throws IOException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            try {
                say(asked(List.of(line.split(" "))));
            } catch (Exception e) {
                say("failed " + String.valueOf(e).replace('\n', ' '));
            }
        }
    }

    private String asked(List<String> words) throws Exception {
        switch (words.getFirst()) {
            case "ready" -> await(node.ready());
            case "members" -> await(node.group().change(node.group().members(), members(words)));
            case "transfer" -> await(node.group().transferLeadership(words.get(1)));
            case "put", "get" -> {
                var load =
                        Load.blocking(
                                Integer.parseInt(words.get(1)),
                                Duration.ofMillis(Long.parseLong(words.get(2))),
                                words.getFirst().equals("put") ? this::put : this::get);
                write(Path.of(words.get(3)), load.micros());
            }
            case "watch" ->
                    write(
                            Path.of(words.get(3)),
                            StoreWatchBenchmark.measure(
                                            node,
                                            watchers,
                                            Integer.parseInt(words.get(1)),
                                            Integer.parseInt(words.get(2)))
                                    .stream()
                                    .mapToDouble(Double::doubleValue)
                                    .toArray());
            default -> throw new IllegalArgumentException(words.toString());
        }
        return "done";
    }

    private static Members members(List<String> words) {
        var members = new ArrayList<Member>();
        for (var word : words.subList(1, words.size())) {
            var parts = word.split("=");
            members.add(new Member(parts[0], "127.0.0.1", Integer.parseInt(parts[1])));
        }
        return new Members(members);
    }

    /** The key of a caller's n-th call. */
    static String key(int caller, long n) {
        return "benchmark/" + (caller * 31L + n) % KEYS;
    }

    private void put(int caller, long n) {
        var result =
                node.transact(
                                Transaction.of(
                                        new Operation.Put(
                                                Key.of(key(caller, n)),
                                                Bytes.wrap(new byte[VALUE_BYTES]))))
                        .toCompletableFuture()
                        .join();
        if (!(result instanceof TransactionResult.Committed)) {
            throw new IllegalStateException("a write was not committed: " + result);
        }
    }

    private void get(int caller, long n) {
        if (node.get(Key.of(key(caller, n))).toCompletableFuture().join().isEmpty()) {
            throw new IllegalStateException("a key is missing: " + key(caller, n));
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Values for {@link #read}. */
    static void write(Path file, double[] values) throws IOException {
        var buffer = ByteBuffer.allocate(values.length * Double.BYTES);
        buffer.asDoubleBuffer().put(values);
        Files.write(file, buffer.array());
    }

    static double[] read(Path file) throws IOException {
        var buffer = ByteBuffer.wrap(Files.readAllBytes(file)).asDoubleBuffer();
        var values = new double[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static synchronized void say(String line) {
        System.out.println(ANSWER + line);
        System.out.flush();
    }
}
