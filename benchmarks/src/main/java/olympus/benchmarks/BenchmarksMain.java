package olympus.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command behind {@code benchmarks/run}: runs each benchmark in a Java process of its own, one
 * after the other, and prints what came out.
 */
final class BenchmarksMain {

    static final List<Benchmark> ALL =
            List.of(
                    new RecoveryBenchmark(),
                    new HungProbeBenchmark(),
                    new StartBenchmark(),
                    FootprintBenchmark.small(),
                    FootprintBenchmark.large(),
                    new ContainersBenchmark(),
                    new AgentsBenchmark(),
                    new AgentIdleBenchmark(),
                    new PlannerBenchmark(),
                    new ZeusBenchmark(),
                    new StoreWritesBenchmark(),
                    new StoreWatchBenchmark(),
                    new StoreMillionBenchmark(),
                    ReplicasLoadBenchmark.writes(),
                    ReplicasLoadBenchmark.reads(),
                    new ReplicasWatchBenchmark(),
                    new ReplicasFailoverBenchmark(),
                    new ReplicasIdleBenchmark(),
                    new ReplicasSlowDiskBenchmark());

    private static final String USAGE =
            """
            usage: benchmarks/run [--record] [--profile] [NAME...]    all benchmarks when none is named
                   benchmarks/run --list
              --record   puts the figures into docs/performance.md
              --profile  makes a flight recording of every Java process that is measured, in benchmarks/target/profiles
            """;

    private final Path root;
    private final Path profiles;
    private final WorkFolders folders = new WorkFolders();

    private BenchmarksMain(Path root) {
        this.root = root;
        this.profiles = root.resolve("benchmarks/target/profiles");
    }

    public static void main(String[] arguments) throws Exception {
        var words = List.of(arguments);
        var main = new BenchmarksMain(Path.of(System.getProperty("olympus.root")));
        if (words.size() == 3 && words.getFirst().equals("--one")) {
            main.runHere(named(words.get(1)), Path.of(words.get(2)));
            return;
        }
        if (words.contains("--list")) {
            ALL.forEach(it -> System.out.printf("%-14s %s%n", it.name(), it.question()));
            return;
        }
        var names = words.stream().filter(word -> !word.startsWith("-")).toList();
        var known = List.of("--record", "--profile");
        if (!words.stream().allMatch(word -> names.contains(word) || known.contains(word))
                || !names.stream()
                        .allMatch(name -> ALL.stream().anyMatch(it -> it.name().equals(name)))) {
            System.err.print(USAGE);
            System.err.println("names: " + ALL.stream().map(Benchmark::name).toList());
            System.exit(2);
        }
        var chosen = names.isEmpty() ? ALL : names.stream().map(BenchmarksMain::named).toList();
        System.exit(
                main.runAll(chosen, words.contains("--record"), words.contains("--profile"))
                        ? 0
                        : 1);
    }

    private static Benchmark named(String name) {
        return ALL.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    }

    private void runHere(Benchmark benchmark, Path folder) throws Exception {
        var bench = Workbench.in(root, folder, profiles);
        benchmark.run(bench);
        bench.write();
    }

    /** Whether every benchmark came to its end; a missed goal is a result, not a failure. */
    private boolean runAll(List<Benchmark> chosen, boolean record, boolean profile)
            throws Exception {
        folders.sweepAtTheEnd();
        WorkFolders.removeAll(profiles);
        if (profile) {
            Files.createDirectories(profiles);
        }
        var failed = new ArrayList<String>();
        for (var benchmark : chosen) {
            System.err.printf("%s: %s%n", benchmark.name(), benchmark.question());
            var machine = MachineFacts.now(root);
            var next = folders.next();
            if (next.isEmpty()) {
                break;
            }
            var folder = next.get();
            if (runApart(benchmark, folder)) {
                var report = new Report(benchmark, machine, Workbench.read(folder));
                System.out.println(report.text());
                if (record) {
                    report.record(root.resolve("docs/performance.md"));
                }
            } else {
                failed.add(benchmark.name());
            }
            folders.done();
        }
        if (profile) {
            System.err.printf("recordings: %s (jfr view hot-methods FILE)%n", profiles);
        }
        if (!failed.isEmpty() && !folders.ending()) {
            System.err.println("benchmarks without a result: " + failed);
        }
        return failed.isEmpty();
    }

    private boolean runApart(Benchmark benchmark, Path folder) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(benchmark.jvmOptions());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"));
        if (Files.isDirectory(profiles)) {
            command.add("-Xlog:jfr+startup=error");
            command.add(Recording.option(profiles.resolve(benchmark.name() + ".jfr")));
        }
        command.addAll(
                List.of(
                        "-Dolympus.root=" + root,
                        "-cp",
                        System.getProperty("java.class.path"),
                        BenchmarksMain.class.getName(),
                        "--one",
                        benchmark.name(),
                        folder.toString()));
        var started = folders.start(new ProcessBuilder(command).inheritIO());
        if (started.isEmpty()) {
            return false;
        }
        var process = started.get();
        if (!process.waitFor(benchmark.limit().toSeconds(), TimeUnit.SECONDS)) {
            System.err.printf("%s did not end within %s%n", benchmark.name(), benchmark.limit());
            process.destroyForcibly().waitFor();
            return false;
        }
        return process.exitValue() == 0;
    }
}
