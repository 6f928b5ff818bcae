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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.link.ExecCall;
import olympus.link.ExecTarget;
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

    private final MachineAllowance allowance;
    private final MachineCommandLog log;
    private final Strays strays;
    private final EventLoop timers;
    private final AtomicLong numbers = new AtomicLong();
    private final Set<Run> open = ConcurrentHashMap.newKeySet();

    /**
     * @param timers only begins what ends commands
     */
    MachineCommands(
            MachineAllowance allowance, MachineCommandLog log, Strays strays, EventLoop timers) {
        this.allowance = allowance;
        this.log = log;
        this.strays = strays;
        this.timers = timers;
    }

    void exec(ExecCall call, ExecTarget.Machine machine) {
        var entry = new Entry(numbers.incrementAndGet(), machine, call.request().command());
        thread("fleet-exec-" + entry.number, () -> answer(call, entry));
    }

    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    /** A command in the machine's own record. */
    private final class Entry {
        private final long number;
        private final ExecTarget.Machine machine;
        private final List<String> command;

        private Entry(long number, ExecTarget.Machine machine, List<String> command) {
            this.number = number;
            this.machine = machine;
            this.command = command;
        }

        private void write(String what) throws IOException {
            log.write(number, machine.actor(), command, what);
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
        var marker = "fleet-exec-" + UUID.randomUUID();
        try (var talk = start(call, program, marker)) {
            var run = new Run(talk, marker);
            open.add(run);
            var timer =
                    timers.schedule(
                            entry.machine.deadline(),
                            () ->
                                    run.end(
                                            "it was ended at its deadline of "
                                                    + Sentences.duration(
                                                            entry.machine.deadline())));
            try {
                call.onCancel(() -> run.end("it was ended: whoever asked is gone"));
                call.started();
                carryOutput(call, talk, entry.machine.outputBytes());
                var code = talk.exitCode();
                var why = run.whyEnded();
                entry.write(why.orElseGet(() -> Sentences.exit(code)));
                if (why.isPresent()) {
                    call.failed(ErrorCode.UNAVAILABLE, why.get());
                } else {
                    call.exited(code);
                }
            } finally {
                timer.cancel();
                open.remove(run);
            }
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

        private Run(Talk talk, String marker) {
            this.talk = talk;
            this.marker = marker;
        }

        private void end(String reason) {
            if (why.compareAndSet(null, reason)) {
                thread("fleet-exec-end", this::kill);
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

    /** Ends what runs. */
    @Override
    public void close() {
        List.copyOf(open).forEach(run -> run.end("it was ended: the agent is ending"));
    }
}
