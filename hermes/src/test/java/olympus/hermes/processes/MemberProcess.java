package olympus.hermes.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import olympus.hermes.internal.ratis.ChildJvm;

/** A {@link MemberMain} as its parent sees it. Threading: any. */
final class MemberProcess {

    private static final long DEADLINE_SECONDS = 90;
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Process process;
    private final Writer questions;
    private final Map<String, CompletableFuture<String>> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Consumer<String> events;
    private volatile boolean silent;

    private MemberProcess(Process process, Consumer<String> events) {
        this.process = process;
        this.questions = process.outputWriter(StandardCharsets.UTF_8);
        this.events = events;
    }

    /**
     * Starts one.
     *
     * @param errors to which what it says on its standard error is added
     * @param events told each line that answers no question
     */
    static MemberProcess start(MemberLaunch launch, Path errors, Consumer<String> events)
            throws IOException {
        return start(
                launch,
                ChildJvm.command(MemberMain.class, launch.arguments().toArray(String[]::new)),
                errors,
                events);
    }

    /** Starts one of an older version, whose classes are in {@code older}. */
    static MemberProcess startOlder(
            Path older, MemberLaunch launch, Path errors, Consumer<String> events)
            throws IOException {
        return start(
                launch,
                ChildJvm.command(
                        older, MemberMain.class, launch.arguments().toArray(String[]::new)),
                errors,
                events);
    }

    private static MemberProcess start(
            MemberLaunch launch, List<String> java, Path errors, Consumer<String> events)
            throws IOException {
        var command = new ArrayList<>(launch.wrapper());
        command.addAll(java);
        var builder =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        builder.environment().putAll(launch.environment());
        var process = builder.start();
        var member = new MemberProcess(process, events);
        Thread.ofVirtual().start(member::hear);
        return member;
    }

    private void hear() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(MemberMain.END)) {
                    heard(line.substring(0, line.length() - MemberMain.END.length()));
                }
            }
        } catch (IOException closed) {
            events.accept("gone " + closed.getMessage());
        }
        silent = true;
        asked.values().forEach(answer -> answer.complete("gone"));
    }

    private void heard(String line) {
        var space = line.indexOf(' ');
        var answer = space < 0 ? null : asked.remove(line.substring(0, space));
        if (line.equals("ready")) {
            ready.complete(null);
        } else if (answer != null) {
            answer.complete(line.substring(space + 1));
        } else {
            events.accept(line);
        }
    }

    /** The answer; {@code gone} when the process ended before it came. */
    CompletableFuture<String> ask(String question) {
        if (!process.isAlive()) {
            return CompletableFuture.completedFuture("refused: the process has ended before");
        }
        var number = "" + NUMBERS.incrementAndGet();
        var answer = new CompletableFuture<String>();
        asked.put(number, answer);
        try {
            synchronized (questions) {
                questions.write(number + " " + question + "\n");
                questions.flush();
            }
        } catch (IOException ended) {
            answer.complete("gone");
        }
        if (silent) {
            answer.complete("gone");
        }
        return answer;
    }

    String await(String question) {
        return await(ask(question), question);
    }

    void awaitReady() {
        await(ready, "its start");
    }

    private <T> T await(CompletableFuture<T> answer, String what) {
        try {
            return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(
                    "no answer to %s (process %d %s): %s"
                            .formatted(
                                    what,
                                    process.pid(),
                                    process.isAlive() ? "lives" : "has ended",
                                    e),
                    e);
        }
    }

    boolean leads() {
        return await("status").startsWith("status LEADER");
    }

    long pid() {
        return process.pid();
    }

    void kill() {
        killWithoutWaiting();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("a killed process has not ended");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    void killWithoutWaiting() {
        process.destroyForcibly();
    }

    void stop() {
        signal("STOP");
    }

    void goOn() {
        if (process.isAlive()) {
            signal("CONT");
        }
    }

    private void signal(String name) {
        try {
            var sent =
                    new ProcessBuilder(List.of("kill", "-" + name, "" + process.pid()))
                            .inheritIO()
                            .start();
            if (!sent.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("kill does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
