package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * How long a person waits for {@code olympus up} on a data folder in use, with ten running services
 * to adopt, and for a command. The launcher's own time is in it.
 */
final class StartBenchmark implements Benchmark {

    private static final int SERVICES = 10;
    private static final int STARTS = 20;
    private static final int COMMANDS = 50;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String question() {
        return "How long does a person wait for `olympus up` (existing data, ten services) and for a command?";
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var product = new Product(bench);
        product.up();
        product.apply("small", SmallStack.of("small", SERVICES));
        new Inventory(product).awaitRunning(SERVICES, Duration.ofMinutes(1));
        var wall = new ArrayList<Double>();
        var printed = new ArrayList<Double>();
        for (var start = 0; start < STARTS; start++) {
            product.terminate();
            var ready = product.up();
            wall.add(ready.wallMillis());
            printed.add((double) ready.printedMillis());
        }
        var status = new ArrayList<Double>();
        var help = new ArrayList<Double>();
        for (var command = 0; command < COMMANDS; command++) {
            status.add(product.mustSucceed("status").millis());
            help.add(product.mustSucceed("--help").millis());
        }
        product.terminate();
        bench.report(
                figure("olympus up, launcher to ready line", wall, Statistic.P50, 3000)
                        .remarked("as the reader of its output sees it"));
        bench.report(Figure.of("olympus up, N of `ready in N ms`", "ms", Spread.of(printed)));
        bench.report(figure("olympus status", status, Statistic.P99, 400));
        bench.report(figure("olympus --help", help, Statistic.P99, 400));
    }

    private static Figure figure(String name, List<Double> millis, Statistic which, double limit) {
        return Figure.of(name, "ms", Spread.of(millis)).wanted(Target.below(which, limit));
    }
}
