package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.link.ExecCall;
import olympus.link.ExecTarget;
import olympus.model.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands on the machine itself for others, as far as {@link MachineAllowance} lets it, and
 * writes down each in {@link MachineCommandLog} before it begins.
 *
 * <p>A command is a program and its words, run by no shell, with an environment that is always the
 * same, in a session of its own. At its deadline, or when whoever asked is gone, it is ended whole:
 * its session, its descendants, and whatever else bears its mark.
 *
 * <p>Threading: any thread; each command has a platform thread. Limit: as {@link PeoplesCommands}.
 */
final class MachineCommands implements AutoCloseable {

    private static final Duration REMAINS_WITHIN = Duration.ofSeconds(2);

    /** Longer than what runs has from its end's beginning to its kill. */
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(6);

    private static final int SHORT_ID = 8;

    private final String mark;
    private final MachineAllowance allowance;
    private final MachineCommandLog log;
    private final Strays strays;
    private final EventLoop timers;
    private final Set<Run> open = ConcurrentHashMap.newKeySet();
    private volatile Optional<String> problem = Optional.empty();

    /**
     * @param node in the marks of its commands, so that each agent of a machine knows its own
     * @param timers only begins what ends commands
     */
    MachineCommands(
            NodeId node,
            MachineAllowance allowance,
            MachineCommandLog log,
            Strays strays,
            EventLoop timers) {
        this.mark = "fleet-exec-%s-".formatted(node);
        this.allowance = allowance;
        this.log = log;
        this.strays = strays;
        this.timers = timers;
    }

    /** Ends what an agent before left, which was killed before it could; in the background. */
    void endRemains() {
        var left = strays.marksAtStart(mark);
        if (!left.isEmpty()) {
            thread("fleet-exec-remains", () -> left.forEach(strays::end));
        }
    }

    /** What its owner should know of. */
    Optional<String> problem() {
        return problem;
    }

    void exec(ExecCall call, ExecTarget.Machine machine) {
        var entry = new Entry(UUID.randomUUID().toString(), machine, call.request().command());
        thread("fleet-exec-" + entry.shortId(), () -> answer(call, entry));
    }

    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    /** A command in the machine's own record. */
    private final class Entry {
        private final String id;
        private final ExecTarget.Machine machine;
        private final List<String> command;

        private Entry(String id, ExecTarget.Machine machine, List<String> command) {
            this.id = id;
            this.machine = machine;
            this.command = command;
        }

        private String shortId() {
            return id.substring(0, SHORT_ID);
        }

        private void write(String what) throws IOException {
            log.write(shortId(), machine.actor(), command, what);
        }

        /** That it was is the answer, whether or not it could be written down. */
        private void writeEnd(String what) {
            try {
                write(what);
                problem = Optional.empty();
            } catch (IOException e) {
                problem =
                        Optional.of(
                                "how a command on the machine ended could not be written down: "
                                        + e);
            }
        }
    }

    private void answer(ExecCall call, Entry entry) {
        try {
            switch (allowance.judge(entry.command)) {
                case MachineAllowance.Judgement.Refused(String reason) -> {
                    entry.write("refused (" + reason + ")");
                    call.failed(ErrorCode.FORBIDDEN, reason);
                }
                case MachineAllowance.Judgement.Allowed(Path program) -> {
                    entry.write("allowed");
                    run(call, entry, program);
                }
            }
        } catch (IOException e) {
            call.failed(ErrorCode.UNAVAILABLE, "the command broke off: " + e);
        } catch (InterruptedException e) {
            call.failed(ErrorCode.UNAVAILABLE, "the agent is ending");
        } catch (RuntimeException e) {
            // A bug; but whoever asked must not wait for ever.
            call.failed(ErrorCode.INTERNAL, "a bug: " + e);
            throw e;
        }
    }

    private void run(ExecCall call, Entry entry, Path program)
            throws IOException, InterruptedException {
        var marker = mark + entry.id;
        try (var talk = start(call, program, marker)) {
            var run = new Run(talk, marker);
            open.add(run);
            try {
                runToItsEnd(call, entry, run);
            } finally {
                // Whatever broke off before its end: nothing runs without somebody who waits.
                run.endUnlessOver("it was ended: what waited for it broke off");
                open.remove(run);
            }
        }
    }

    private void runToItsEnd(ExecCall call, Entry entry, Run run)
            throws IOException, InterruptedException {
        var deadline = entry.machine.deadline();
        var timer =
                timers.schedule(
                        deadline,
                        () ->
                                run.end(
                                        "it was ended at its deadline of "
                                                + Sentences.duration(deadline)));
        try {
            call.onCancel(() -> run.end("it was ended: whoever asked is gone"));
            call.started();
            carryOutput(call, run.talk, entry.machine.outputBytes());
            var code = run.talk.exitCode();
            run.over();
            var why = run.whyEnded();
            entry.writeEnd(why.orElseGet(() -> Sentences.exit(code)));
            if (why.isPresent()) {
                call.failed(ErrorCode.UNAVAILABLE, why.get());
            } else {
                call.exited(code);
            }
        } finally {
            timer.cancel();
        }
    }

    private static void carryOutput(ExecCall call, Talk talk, long limit)
            throws IOException, InterruptedException {
        var room = limit;
        for (var said = talk.next(); said.isPresent(); said = talk.next()) {
            var data = said.get().data();
            var bytes = new byte[(int) Math.min(room, data.remaining())];
            data.get(bytes);
            room -= bytes.length;
            if (bytes.length > 0) {
                call.output(said.get().error(), bytes);
            }
        }
    }

    private Talk start(ExecCall call, Path program, String marker) throws IOException {
        var command = call.request().command();
        var words = new ArrayList<>(ShimCommand.defaultSignalWords());
        words.addAll(List.of("setsid", program.toString()));
        words.addAll(command.subList(1, command.size()));
        var builder = new ProcessBuilder(words).directory(Path.of("/").toFile());
        var environment = builder.environment();
        environment.clear();
        environment.put("PATH", allowance.programs().path());
        environment.put("HOME", System.getProperty("user.home"));
        environment.put("USER", System.getProperty("user.name"));
        environment.put("LANG", "C.UTF-8");
        environment.put(InstanceFolders.MARKER_NAME, marker);
        return ProcessTalks.onPipes(builder, call.request());
    }

    /** One that runs. */
    private final class Run {
        private final Talk talk;
        private final String marker;
        private final AtomicReference<@Nullable String> why = new AtomicReference<>();
        private final CompletableFuture<Boolean> gone = new CompletableFuture<>();
        private volatile boolean over;

        private Run(Talk talk, String marker) {
            this.talk = talk;
            this.marker = marker;
        }

        private void end(String reason) {
            if (why.compareAndSet(null, reason)) {
                thread("fleet-exec-end", this::kill);
            }
        }

        /** Its exit code is known. */
        private void over() {
            over = true;
        }

        /** Waits until nothing of it is left where it was not over yet. */
        private void endUnlessOver(String reason) {
            if (!over) {
                end(reason);
                gone.join();
            }
        }

        private void kill() {
            try {
                talk.end();
                // What has left the session, or outlives its leader.
                new Remains(() -> strays.of(marker, Optional.empty()), Strays::kill)
                        .end(System.nanoTime(), REMAINS_WITHIN);
            } finally {
                gone.complete(true);
            }
        }

        /** Empty when it has ended by itself; waits until nothing of it is left. */
        private Optional<String> whyEnded() {
            var reason = Optional.ofNullable(why.get());
            if (reason.isPresent()) {
                gone.join();
            }
            return reason;
        }
    }

    /** Ends what runs, and waits for that. */
    @Override
    public void close() {
        var running = List.copyOf(open);
        running.forEach(run -> run.end("it was ended: the agent is ending"));
        var all =
                CompletableFuture.allOf(
                        running.stream().map(run -> run.gone).toArray(CompletableFuture[]::new));
        try {
            all.get(ENDED_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The next agent finds what bears its mark.
            problem = Optional.of("commands on the machine did not end: " + e);
        }
    }
}
