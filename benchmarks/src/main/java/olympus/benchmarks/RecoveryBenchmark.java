package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * How long a service is away whose process was killed. Olympus and the peers take turns, so that
 * all meet the same machine. Nobody's recovery settings are tuned. Each instance of Olympus is
 * killed once, because a second death within two minutes waits longer by design.
 */
final class RecoveryBenchmark implements Benchmark {

    private static final int EVENTS = 60;
    private static final int PEER_SERVICES = 20;
    private static final Duration START_DEADLINE = Duration.ofMinutes(1);
    private static final Duration RESTART_DEADLINE = Duration.ofSeconds(20);

    /**
     * Supervisor counts a process as started after its {@code startsecs}, by default one second.
     */
    private static final Duration SETTLE = Duration.ofMillis(1500);

    private static final Target WANTED = Target.below(Statistic.P99, 500, 150);

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public String question() {
        return "A process is killed with SIGKILL: how long until its successor runs, also under an Olympus that adopted it?";
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var product = new Product(bench);
        var supervisor = Supervisord.start(bench.folder().resolve("supervisor"), PEER_SERVICES);
        var monit = Monit.start(bench.folder().resolve("monit"), PEER_SERVICES);
        var fresh = new Instances("fresh", new Starts(bench.folder().resolve("fresh")), EVENTS);
        var adopted =
                new Instances("adopted", new Starts(bench.folder().resolve("adopted")), EVENTS);
        product.up();
        product.apply(fresh.stack(), fresh.yaml());
        product.apply(adopted.stack(), adopted.yaml());
        var peers = List.<Keeper>of(supervisor, monit);
        var first = takeTurns(bench, fresh, peers);
        awaitAll(adopted);
        product.killHard();
        product.up();
        var second = takeTurns(bench, adopted, peers);
        product.terminate();
        bench.report(
                against("killed → running, Olympus", first, first, second)
                        .remarked(
                                "the jittered delay of 25–50 ms before a first restart is in it"));
        bench.report(
                against("killed → running, adopted", second, first, second)
                        .remarked("Olympus was killed with SIGKILL and started again before"));
        bench.report(
                Figure.of("killed → running, supervisor", "ms", both(first, second, "supervisor"))
                        .remarked("Debian's package, its settings as shipped"));
        bench.report(
                Figure.of("killed → running, monit", "ms", both(first, second, "monit"))
                        .remarked(
                                "Debian's package; looks every second, the least it can be told (shipped: 120 s)"));
    }

    private static void awaitAll(Keeper keeper) throws Exception {
        for (var service : keeper.services()) {
            keeper.starts().awaitFirst(service, START_DEADLINE);
        }
    }

    /**
     * Milliseconds of absence, by the name of the keeper. The peers, which take seconds, have a
     * turn at every second event; each of the two phases gives half of their events.
     */
    private static Map<String, List<Double>> takeTurns(
            Workbench bench, Keeper olympus, List<Keeper> peers) throws Exception {
        awaitAll(olympus);
        for (var peer : peers) {
            awaitAll(peer);
        }
        Waiting.letPass(SETTLE);
        var millis = new TreeMap<String, List<Double>>();
        for (var event = 0; event < EVENTS; event++) {
            killOne(olympus, event, millis);
            if (event % 2 == 0) {
                for (var peer : peers) {
                    killOne(peer, event / 2, millis);
                }
            }
            if ((event + 1) % 20 == 0) {
                bench.progress("%d of %d rounds".formatted(event + 1, EVENTS));
            }
        }
        return millis;
    }

    private static void killOne(Keeper keeper, int event, Map<String, List<Double>> millis)
            throws Exception {
        var service = keeper.services().get(event % keeper.services().size());
        millis.computeIfAbsent(keeper.name(), name -> new ArrayList<>())
                .add(keeper.starts().killAndAwait(service, RESTART_DEADLINE));
    }

    private static Figure against(
            String name,
            Map<String, List<Double>> ours,
            Map<String, List<Double>> first,
            Map<String, List<Double>> second) {
        return Figure.of(name, "ms", both(ours, Map.of(), "Olympus"))
                .against("supervisor", both(first, second, "supervisor"))
                .against("monit", both(first, second, "monit"))
                .wanted(WANTED);
    }

    private static Spread both(
            Map<String, List<Double>> first, Map<String, List<Double>> second, String keeper) {
        var all = new ArrayList<>(first.getOrDefault(keeper, List.of()));
        all.addAll(second.getOrDefault(keeper, List.of()));
        return Spread.of(all);
    }
}
