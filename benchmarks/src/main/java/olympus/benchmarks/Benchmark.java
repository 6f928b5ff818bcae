package olympus.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * One question about speed or size and the way to answer it. Runs alone in a fresh Java process.
 *
 * <p>To add one: implement this, add it to {@link BenchmarksMain#ALL}, describe it in the README of
 * this module.
 */
interface Benchmark {

    /** What a user types to run it: lower-case words joined by {@code -}. */
    String name();

    /** What is measured, as one sentence. */
    String question();

    /** The whole run, preparation included, is ended after this time. */
    default Duration limit() {
        return Duration.ofMinutes(8);
    }

    /** Options of the Java process it runs in. */
    default List<String> jvmOptions() {
        return List.of("-Xmx256m", "-XX:+UseSerialGC");
    }

    /** Measures, and gives each result to {@link Workbench#report}. */
    void run(Workbench bench) throws Exception;
}
