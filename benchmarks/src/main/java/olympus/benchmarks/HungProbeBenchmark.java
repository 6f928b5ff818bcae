package olympus.benchmarks;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * How long a service hangs that is alive and fails its probe. Many instances hang one after the
 * other and overlap, but never so many at once that Olympus would suspect the probe.
 */
final class HungProbeBenchmark implements Benchmark {

    private static final int INSTANCES = 30;
    private static final int EVENTS = 60;
    private static final Duration BETWEEN = Duration.ofMillis(300);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "hung-probe";
    }

    @Override
    public String question() {
        return "A service is alive but its probe (every 1 s, 2 retries) fails: how long until its successor runs?";
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var product = new Product(bench);
        var instances =
                new Instances("hung", new Starts(bench.folder().resolve("hung")), INSTANCES);
        product.up();
        var mark = instances.starts().hangMark("service${OLYMPUS_ORDINAL}");
        product.apply(
                instances.stack(),
                instances.yaml(
                        "probe: { command: [test, \"!\", -e, \"%s\"], interval: 1s, timeout: 1s, retries: 2 }"
                                .formatted(mark)));
        for (var service : instances.services()) {
            instances.starts().awaitFirst(service, DEADLINE);
        }
        Waiting.letPass(Duration.ofSeconds(3));
        var millis = new ArrayList<Double>();
        for (var round = 0; round < EVENTS / INSTANCES; round++) {
            hangEach(instances, millis);
        }
        product.terminate();
        bench.report(
                Figure.of("probe fails → successor runs", "ms", Spread.of(millis))
                        .wanted(Target.below(Statistic.P99, 4000))
                        .remarked(
                                "two failures a second apart, the stop and the delay before the restart are in it"));
    }

    private static void hangEach(Instances instances, List<Double> millis) throws Exception {
        var hanging = new LinkedHashMap<String, Starts.Start>();
        var since = new LinkedHashMap<String, Long>();
        for (var service : instances.services()) {
            hanging.put(service, instances.starts().awaitFirst(service, DEADLINE));
            since.put(service, Starts.nowMicros());
            Files.createFile(instances.starts().hangMark(service));
            Waiting.letPass(BETWEEN);
        }
        for (var service : hanging.entrySet()) {
            var next =
                    instances
                            .starts()
                            .awaitOther(service.getKey(), service.getValue().pid(), DEADLINE);
            millis.add((next.micros() - since.getOrDefault(service.getKey(), 0L)) / 1000.0);
        }
    }
}
