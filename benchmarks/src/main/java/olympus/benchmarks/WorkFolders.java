package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The folders in which benchmarks work, one at a time. Each is swept at its end: what still works
 * in it is killed, and it is removed. So it is when this process is told to end (SIGTERM, ctrl-C);
 * from then on no other is given out and nothing is started.
 *
 * <p>Threading: the runner's thread and the JVM's shutdown; both through the monitor.
 */
final class WorkFolders {

    private Optional<Path> current = Optional.empty();
    private boolean ending;

    /** Sweeps the present folder when this process ends before the benchmark does. */
    void sweepAtTheEnd() {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    synchronized (this) {
                                        ending = true;
                                        done();
                                    }
                                },
                                "sweep"));
    }

    /** A new folder; empty when this process ends. */
    synchronized Optional<Path> next() throws IOException {
        if (!ending) {
            current = Optional.of(Files.createTempDirectory("olympus-benchmark-"));
        }
        return current;
    }

    /** Starts a process that works in the present folder; empty when this process ends. */
    synchronized Optional<Process> start(ProcessBuilder command) throws IOException {
        return ending ? Optional.empty() : Optional.of(command.start());
    }

    /** Sweeps the present folder. */
    synchronized void done() {
        current.ifPresent(WorkFolders::sweep);
        current = Optional.empty();
    }

    synchronized boolean ending() {
        return ending;
    }

    private static void sweep(Path folder) {
        try {
            Processes.endAllWorkingIn(folder);
            removeAll(folder);
            Files.deleteIfExists(Workbench.figuresFile(folder));
        } catch (IOException | TimeoutException e) {
            System.err.println("could not clean up " + folder + ": " + e);
        }
    }

    static void removeAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
