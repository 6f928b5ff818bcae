package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.LogChunk;
import olympus.engine.LogQuery;

/**
 * Writes the output of one run of a container into the files of its run, from which {@link
 * OutputCollector} takes it like that of a process.
 *
 * <p>Neither loses nor doubles lines: beside the files stands from which moment on the engine's
 * output was not yet accounted for, how many lines of just that moment were, and how long the files
 * were then. Whoever goes on asks from that moment, leaves out those lines, and then as many bytes
 * of each stream as the files are longer by now. Threading: one thread runs it; closing from any.
 */
final class LogPump {

    private static final Duration ENDS_WITHIN = Duration.ofMillis(300);
    private static final int TAKEN_OVER_LINES = 1_000;
    private static final int ACCOUNT_EVERY_BYTES = 64 * 1024;

    private final ContainerEngine engine;
    private final RunFolder folder;
    private final long run;
    private final ContainerDetails container;
    private final boolean isTakenOver;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile Optional<Thread> thread = Optional.empty();
    private volatile boolean closed;

    private Account account = new Account(Instant.EPOCH, 0, 0, 0);
    private Account now = account;
    private Instant from = Instant.EPOCH;
    private int linesToSkip;

    LogPump(
            ContainerEngine engine,
            RunFolder folder,
            long run,
            ContainerDetails container,
            boolean isTakenOver) {
        this.engine = engine;
        this.folder = folder;
        this.run = run;
        this.container = container;
        this.isTakenOver = isTakenOver;
    }

    /**
     * How far the output is accounted for.
     *
     * @param lines of just that moment
     */
    private record Account(Instant at, int lines, long stdout, long stderr) {

        Account plus(LogChunk chunk) {
            var isLater = chunk.at().isAfter(at);
            return new Account(
                    isLater ? chunk.at() : at,
                    isLater ? 1 : chunk.at().equals(at) ? lines + 1 : lines,
                    stdout + (chunk.error() ? 0 : chunk.text().length),
                    stderr + (chunk.error() ? chunk.text().length : 0));
        }
    }

    long run() {
        return run;
    }

    boolean isDone() {
        return done.getCount() == 0;
    }

    /** Runs to the end of the output; answers with why there is none to be had. */
    Optional<String> copy() {
        thread = Optional.of(Thread.currentThread());
        try {
            if (!closed) {
                follow();
            }
            return Optional.empty();
        } catch (EngineException e) {
            return e.kind() == Kind.CANCELLED || e.isUnanswered() || closed
                    ? Optional.empty()
                    : Optional.of(String.valueOf(e.getMessage()));
        } catch (IOException | UncheckedIOException e) {
            return closed
                    ? Optional.empty()
                    : Optional.of(
                            "the output of container %s cannot be kept: %s"
                                    .formatted(container.name(), e.getMessage()));
        } finally {
            done.countDown();
        }
    }

    private void follow() throws IOException {
        account = read().orElseGet(this::begin);
        now = account;
        from = account.at();
        linesToSkip = account.lines();
        try (var files = new OutputFiles(folder, account.stdout(), account.stderr())) {
            engine.logs(
                    container.id(),
                    new LogQuery(
                            container.terminal(),
                            Optional.of(account.at()),
                            OptionalInt.empty(),
                            true),
                    chunk -> take(chunk, files));
        } finally {
            write(now);
        }
    }

    /**
     * From the end of the run before, as the first lines may be older than the time that the engine
     * tells for the start; of a run that was taken over, its last lines.
     */
    private Account begin() {
        var ended = container.state().finishedAt();
        var lines = new ArrayList<Instant>();
        if (isTakenOver) {
            engine.logs(
                    container.id(),
                    new LogQuery(
                            container.terminal(),
                            Optional.empty(),
                            OptionalInt.of(TAKEN_OVER_LINES),
                            false),
                    chunk -> lines.add(chunk.at()));
        }
        var first = lines.isEmpty() ? ended : lines.getFirst();
        var fresh = new Account(first.isAfter(ended) ? first : ended, 0, 0, 0);
        write(fresh);
        return fresh;
    }

    private void take(LogChunk chunk, OutputFiles files) {
        if (chunk.at().isBefore(from)) {
            return;
        }
        if (linesToSkip > 0 && chunk.at().equals(from)) {
            linesToSkip--;
            return;
        }
        files.append(chunk.error(), chunk.text(), () -> closed);
        now = now.plus(chunk);
        var since = now.stdout() + now.stderr() - account.stdout() - account.stderr();
        if (since >= ACCOUNT_EVERY_BYTES && files.hasCaughtUp()) {
            write(now);
        }
    }

    private Optional<Account> read() {
        return RecordFile.values(position(folder)).flatMap(LogPump::account);
    }

    private static Path position(RunFolder folder) {
        return folder.path().resolve("position");
    }

    /** A run of the same container goes on where the run before it was left. */
    static void goOn(RunFolder before, RunFolder next, String container) {
        RecordFile.values(position(before))
                .filter(values -> container.equals(values.get("container")))
                .flatMap(LogPump::account)
                .ifPresent(account ->
                        write(next, container, new Account(account.at(), account.lines(), 0, 0)));
    }

    private static Optional<Account> account(Map<String, String> values) {
        try {
            return Optional.of(
                    new Account(
                            Instant.parse(values.getOrDefault("at", "")),
                            Integer.parseInt(values.getOrDefault("lines", "")),
                            Long.parseLong(values.getOrDefault("stdout", "")),
                            Long.parseLong(values.getOrDefault("stderr", ""))));
        } catch (IllegalArgumentException | java.time.DateTimeException notAnAccount) {
            return Optional.empty();
        }
    }

    private void write(Account next) {
        write(folder, container.id(), next);
        account = next;
    }

    private static void write(RunFolder folder, String container, Account next) {
        var values = new LinkedHashMap<String, String>();
        values.put("container", container);
        values.put("at", next.at().toString());
        values.put("lines", Integer.toString(next.lines()));
        values.put("stdout", Long.toString(next.stdout()));
        values.put("stderr", Long.toString(next.stderr()));
        RecordFile.writeUnlessRemoved(position(folder), values);
    }

    /** Waits a moment for what the container wrote last. */
    void awaitEnd() {
        try {
            var _ = done.await(ENDS_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String lastErrorLine() {
        return folder.lastErrorLine();
    }

    void close() {
        closed = true;
        thread.ifPresent(Thread::interrupt);
    }
}
