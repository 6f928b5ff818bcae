package olympus.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import olympus.model.InstanceId;
import olympus.model.NodeId;

/**
 * One server and many agents: the server is the product's own process, the agents are a {@link
 * Fleet} in this one.
 */
final class AgentsBenchmark implements Benchmark {

    private static final int AGENTS = 300;
    private static final int SERVICES = 300;
    private static final int REPLICAS = 10;
    private static final int INSTANCES = SERVICES * REPLICAS;
    private static final int ORDERS = 50;
    private static final int LINKED_AT_A_TIME = 20;

    /** Nodes that are lost together, within {@link #LOST_WITHIN}, and how often. */
    private static final int LOST_AT_A_TIME = 5;

    private static final int LOSSES = 4;
    private static final Duration LOST_WITHIN = Duration.ofSeconds(2);

    private static final Duration SETTLES = Duration.ofSeconds(20);
    private static final Duration EMPTY_WINDOW = Duration.ofMinutes(1);
    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final Duration CONNECT_DEADLINE = Duration.ofMinutes(2);
    private static final Duration APPLY_DEADLINE = Duration.ofMinutes(4);
    private static final Duration ORDER_DEADLINE = Duration.ofSeconds(30);
    private static final Duration MOVE_DEADLINE = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration OFTEN = Duration.ofMillis(5);
    private static final double MIB = 1024 * 1024;

    @Override
    public String name() {
        return "agents";
    }

    @Override
    public String question() {
        return "What do %d agents with %,d instances ask of one server, at rest, in a rollout and when nodes are lost?"
                .formatted(AGENTS, INSTANCES);
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(30);
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx1g", "-Xss512k", "-XX:+UseSerialGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var product = Product.server(bench);
        product.up();
        try (var api = ProductApi.of(product)) {
            // What is measured is who comes, not the machine of the server.
            api.cordon(api.get("/api/v1/nodes").path("nodes").path(0).path("id").asString());
            try (var fleet = enrol(bench, product, api)) {
                rest(bench, product, api, EMPTY_WINDOW, "nothing assigned");
                apply(bench, product, fleet);
                orders(bench, api, fleet);
                rest(bench, product, api, WINDOW, "%,d instances".formatted(INSTANCES));
                change(bench, product, fleet);
                lose(bench, product, api, fleet);
                fleet.requireWell();
            }
        }
        product.terminate();
    }

    private static Fleet enrol(Workbench bench, Product product, ProductApi api) throws Exception {
        var millis = new ArrayList<Double>();
        var token = api.agentToken(AGENTS);
        var before = ProcessUsage.of(product.pid());
        var fleet =
                Fleet.enrol(bench.folder().resolve("fleet"), api.address(), token, AGENTS, millis);
        var after = ProcessUsage.of(product.pid());
        bench.report(
                Figure.of(AGENTS + " machines let in", "s", (after.nanos() - before.nanos()) / 1e9)
                        .remarked(
                                "four at a time, each with a key of its own made in that time; %.1f s of the server's CPU"
                                        .formatted(after.cpuSecondsSince(before))));
        bench.report(Figure.of("letting one in", "ms", Spread.of(millis)));
        for (var index = 0; index < LOSSES * LOST_AT_A_TIME; index++) {
            fleet.nodes().get(index).relayed();
        }
        fleet.connect(LINKED_AT_A_TIME, CONNECT_DEADLINE);
        var linked = ProcessUsage.of(product.pid());
        bench.report(
                Figure.of(AGENTS + " agents linked", "s", (linked.nanos() - after.nanos()) / 1e9)
                        .remarked(
                                "mutual TLS, each with its own certificate, %d at a time; %.1f s of the server's CPU"
                                        .formatted(
                                                LINKED_AT_A_TIME, linked.cpuSecondsSince(after))));
        return fleet;
    }

    /** What the server uses while nothing happens but heartbeats and reports. */
    private static void rest(
            Workbench bench, Product product, ProductApi api, Duration window, String when)
            throws IOException, InterruptedException {
        Waiting.letPass(SETTLES);
        var revision = api.metric("olympus_hermes_revision", "");
        var log = api.metric("olympus_hermes_log_bytes", "");
        var before = ProcessUsage.of(product.pid());
        Waiting.letPass(window);
        var after = ProcessUsage.of(product.pid());
        var revisions = api.metric("olympus_hermes_revision", "") - revision;
        var logged = api.metric("olympus_hermes_log_bytes", "") - log;
        var heap = api.metric("olympus_jvm_memory_used_bytes", "area=\"heap\"") / MIB;
        var connected = api.metric("olympus_nodes_connected", "");
        var overIt = "over %d s, %.0f nodes connected".formatted(window.toSeconds(), connected);
        bench.report(
                Figure.of(
                                "CPU of the server at rest, " + when,
                                "% of a core",
                                after.cpuPercentSince(before))
                        .remarked(overIt));
        bench.report(
                Figure.of("RSS of the server, " + when, "MiB", after.rssKib() / 1024.0)
                        .remarked(
                                "%.0f MiB of heap in use at the end, garbage included"
                                        .formatted(heap)));
        bench.report(
                Figure.of("threads of the server, " + when, "", after.threads())
                        .remarked("open files: " + ProcessUsage.openFiles(product.pid())));
        bench.report(
                Figure.of("revisions of the store at rest, " + when, "", revisions)
                        .wanted(Target.below(Statistic.MAX, 1))
                        .remarked(
                                "%s, with a report of each every 5 s: no heartbeat is a write; its log grew by %.0f bytes"
                                        .formatted(overIt, logged)));
        bench.report(
                Figure.of(
                                "written in a day at rest, " + when,
                                "MiB",
                                24 * after.writtenMibPerHourSince(before))
                        .wanted(Target.below(Statistic.P50, 50))
                        .remarked("write_bytes of the process, " + overIt + ", extrapolated"));
    }

    private static void apply(Workbench bench, Product product, Fleet fleet) throws Exception {
        product.mustSucceed("apply", product.write("first", one(1)).toString(), "--yes");
        new Inventory(product).await(1, APPLY_DEADLINE, LOOK_EVERY, _ -> true);
        var took = rollOut(bench, product, fleet, 1);
        bench.report(
                Figure.of(
                                "%,d instances applied → all running".formatted(INSTANCES),
                                "s",
                                took.seconds)
                        .remarked(took.remark()));
    }

    private static void change(Workbench bench, Product product, Fleet fleet) throws Exception {
        var took = rollOut(bench, product, fleet, 2);
        bench.report(
                Figure.of(
                                "%,d instances changed → all anew".formatted(INSTANCES),
                                "s",
                                took.seconds)
                        .remarked(
                                "%s; each service two of %d at a time, each watched for 1 s: not less than %d s"
                                        .formatted(took.remark(), REPLICAS, REPLICAS / 2)));
    }

    /**
     * @param seconds from the start of the command until the API says that all is as declared
     * @param command until the command has ended
     * @param cpu of the server, in seconds
     */
    private record RollOut(double seconds, double command, double cpu) {
        String remark() {
            return "from the start of the command, which took %.1f s, by the API's word, looked at every %d ms; %.1f s of the server's CPU"
                    .formatted(command, LOOK_EVERY.toMillis(), cpu);
        }
    }

    private static RollOut rollOut(Workbench bench, Product product, Fleet fleet, int generation)
            throws Exception {
        var folder = product.write("wide", wide(generation));
        var before = ProcessUsage.of(product.pid());
        product.mustSucceed("apply", folder.toString(), "--yes");
        var applied = (System.nanoTime() - before.nanos()) / 1e9;
        new Inventory(product)
                .await(
                        INSTANCES + 1,
                        APPLY_DEADLINE,
                        LOOK_EVERY,
                        pids ->
                                pids.stream()
                                                .filter(pid -> Fleet.generation(pid) == generation)
                                                .count()
                                        >= INSTANCES);
        var after = ProcessUsage.of(product.pid());
        fleet.requireWell();
        bench.progress("generation %d runs".formatted(generation));
        return new RollOut(
                (after.nanos() - before.nanos()) / 1e9, applied, after.cpuSecondsSince(before));
    }

    /** A service by itself, which is restarted by order. */
    private static String one(int generation) {
        return """
        name: first
        mode: manage
        services:
          single:
            process: { command: [sleep, "86400"] }
            environment: { %s: "%d" }
        """
                .formatted(Fleet.GENERATION, generation);
    }

    private static String wide(int generation) {
        var yaml = new StringBuilder("name: wide%nmode: manage%nservices:%n".formatted());
        for (var number = 1; number <= SERVICES; number++) {
            yaml.append(
                    "  s%d: { process: { command: [sleep, \"86400\"] }, environment: { %s: \"%d\" }, deploy: { replicas: %d, update_config: { parallelism: 2, monitor: 1s } } }%n"
                            .formatted(number, Fleet.GENERATION, generation, REPLICAS));
        }
        return yaml.toString();
    }

    /** How long until an agent has what a person ordered. */
    private static void orders(Workbench bench, ProductApi api, Fleet fleet) throws Exception {
        var single = InstanceId.parse("first/single.1");
        var millis = new ArrayList<Double>();
        for (var order = 0; order < ORDERS; order++) {
            var running = fleet.startedNanos(single);
            var began = System.nanoTime();
            api.order("POST", "/api/v1/services/first/single/restart", "");
            await(ORDER_DEADLINE, "the order arrives", () -> fleet.wantedNanos(single) > began);
            millis.add((fleet.wantedNanos(single) - began) / 1e6);
            await(ORDER_DEADLINE, "it runs anew", () -> fleet.startedNanos(single) > running);
        }
        bench.report(
                Figure.of("restart ordered → its agent has it", "ms", Spread.of(millis))
                        .remarked(
                                "from the request of the API, one after the other, a durable write included, with %,d instances running elsewhere"
                                        .formatted(INSTANCES)));
    }

    private static void lose(Workbench bench, Product product, ProductApi api, Fleet fleet)
            throws Exception {
        var seconds = new ArrayList<Double>();
        var gone = new HashSet<NodeId>();
        var moved = 0;
        var before = ProcessUsage.of(product.pid());
        for (var round = 0; round < LOSSES; round++) {
            var first = round * LOST_AT_A_TIME;
            var lost = new ArrayList<Loss>();
            for (var node : fleet.nodes().subList(first, first + LOST_AT_A_TIME)) {
                Waiting.letPass(LOST_WITHIN.dividedBy(LOST_AT_A_TIME));
                lost.add(new Loss(fleet.instancesOf(node.id()), System.nanoTime()));
                gone.add(node.id());
                node.cut();
            }
            for (var loss : lost) {
                await(MOVE_DEADLINE, "runs elsewhere: " + loss, () -> loss.isOver(fleet, gone));
                loss.instances.stream()
                        .map(instance -> (fleet.startedNanos(instance) - loss.atNanos) / 1e9)
                        .max(Double::compare)
                        .ifPresent(seconds::add);
                moved += loss.instances.size();
            }
        }
        new Inventory(product).await(INSTANCES + 1, MOVE_DEADLINE, LOOK_EVERY, _ -> true);
        var after = ProcessUsage.of(product.pid());
        bench.report(
                Figure.of("node silent → all it ran runs elsewhere", "s", Spread.of(seconds))
                        .wanted(Target.below(Statistic.P99, 10))
                        .remarked(
                                "%,d instances of %d nodes whose links went silent without being closed, %d within %d s each time; up to 5 s until silence is noticed, then the loss delay of 15 s, so that the wish cannot be met as shipped; %.1f s of the server's CPU"
                                        .formatted(
                                                moved,
                                                gone.size(),
                                                LOST_AT_A_TIME,
                                                LOST_WITHIN.toSeconds(),
                                                after.cpuSecondsSince(before))));
        bench.progress(
                "%.0f nodes are still connected"
                        .formatted(api.metric("olympus_nodes_connected", "")));
    }

    /** A node that was cut off with what it ran then. */
    private record Loss(List<InstanceId> instances, long atNanos) {
        boolean isOver(Fleet fleet, Set<NodeId> gone) {
            fleet.requireWell();
            return instances.stream()
                    .allMatch(instance ->
                            fleet.startedNanos(instance) > atNanos
                                    && fleet.nodeOf(instance)
                                            .filter(node -> !gone.contains(node))
                                            .isPresent());
        }
    }

    private static void await(Duration deadline, String what, BooleanSupplier condition)
            throws TimeoutException {
        Waiting.until(deadline, OFTEN, () -> what, condition);
    }
}
