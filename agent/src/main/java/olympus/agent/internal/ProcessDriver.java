package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import olympus.foundation.EventLoop;
import olympus.foundation.Poll;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.StopPolicy;
import olympus.model.state.InstanceSpec;

/**
 * Runs instances as host processes, each under a shim of its own ({@code shim.sh}) that outlives
 * the agent.
 *
 * <p>Ownership: the live runs. Threading: all methods on the supervision loop; what blocks runs on
 * {@code blocking} and comes back to the loop; what it found goes to {@code events}, on the loop.
 * Limits: {@link #PARALLEL_STARTS} starts at a time, {@link #START_DEADLINE} for each.
 */
final class ProcessDriver implements Driver {

    static final int PARALLEL_STARTS = 8;
    static final Duration START_DEADLINE = Duration.ofSeconds(10);

    private static final Duration KEEPER_WRITES_WITHIN = Duration.ofSeconds(2);
    private static final Duration END_SEEN_WITHIN = Duration.ofMillis(100);
    private static final Duration CLEARED_WITHIN = Duration.ofSeconds(10);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
    private static final int SIGKILL = 9;

    private final InstanceFolders folders;
    private final String bootId;
    private final EventLoop loop;
    private final Executor blocking;
    private final PidWatcher watcher;
    private final Accounts accounts;
    private final Limits limits;
    private final Strays strays;
    private final Guardians guardians;
    private final Problems problems = new Problems();
    private final BiConsumer<InstanceId, MachineInput> events;
    private final Semaphore starts = new Semaphore(PARALLEL_STARTS);
    private final Map<InstanceId, LiveRun> live = new HashMap<>();

    ProcessDriver(
            InstanceFolders folders,
            String bootId,
            EventLoop loop,
            Executor blocking,
            PidWatcher watcher,
            Accounts accounts,
            Limits limits,
            Strays strays,
            Guardians guardians,
            BiConsumer<InstanceId, MachineInput> events) {
        this.folders = folders;
        this.bootId = bootId;
        this.loop = loop;
        this.blocking = blocking;
        this.watcher = watcher;
        this.accounts = accounts;
        this.limits = limits;
        this.strays = strays;
        this.guardians = guardians;
        this.events = events;
    }

    // ---- start

    @Override
    public void start(InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        var id = spec.id();
        var entry = new LiveRun(id, run, folders.run(id, run), folders.marker(id, run));
        live.put(id, entry);
        blocking.execute(() -> {
            var outcome = launch(spec, entry, secrets);
            loop.execute(() -> launched(entry, outcome));
        });
    }

    /** What an attempt to start gave. */
    private sealed interface Launch {
        record Up(ProcessIdentity child, Optional<ProcessIdentity> shim) implements Launch {}

        record Failed(String reason, boolean hopeless) implements Launch {}
    }

    private Launch launch(InstanceSpec spec, LiveRun entry, Map<SecretRef, String> secrets) {
        try {
            starts.acquire();
            try {
                return switch (LaunchPlan.prepare(spec, secrets, accounts, folders)) {
                    case LaunchPlan.Impossible impossible ->
                            new Launch.Failed(impossible.reason(), impossible.hopeless());
                    case LaunchPlan.Ready ready -> launch(spec, entry, ready);
                };
            } finally {
                starts.release();
            }
        } catch (IOException | UncheckedIOException e) {
            return new Launch.Failed(String.valueOf(e.getMessage()), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Launch.Failed("the agent is shutting down", false);
        }
    }

    private Launch launch(InstanceSpec spec, LiveRun entry, LaunchPlan.Ready ready)
            throws IOException, InterruptedException {
        var taken = PortHolders.heldByOthers(spec);
        if (taken.isPresent()) {
            return new Launch.Failed(taken.get(), false);
        }
        createFolder(spec, entry);
        var resources = spec.definition().deploy().resources();
        var applied = limits.apply(spec.id(), resources);
        problems.set("limit", spec.id(), applied.problems());
        entry.memoryLimit = resources.memoryBytes();
        entry.memoryKills = limits.memoryKills(spec.id());
        var command =
                ShimCommand.holding(
                        folders.shim(),
                        entry.folder.path(),
                        ready.directory(),
                        joined(applied.groups()));
        command.addAll(applied.words());
        command.addAll(ready.prefix());
        command.addAll(ready.command());
        var builder =
                new ProcessBuilder(command)
                        .directory(Path.of("/").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(ready.environment());
        builder.environment().put(InstanceFolders.MARKER_NAME, entry.marker);
        builder.environment()
                .putAll(guardians.begin(spec, entry.run, entry.folder, applied.groups()));
        var process = builder.start();
        if (!process.waitFor(START_DEADLINE.toSeconds(), TimeUnit.SECONDS)
                || process.exitValue() != 0) {
            process.destroyForcibly();
            return new Launch.Failed("setsid could not start its shim", false);
        }
        return awaitClaim(entry.folder);
    }

    /**
     * A full disk must not keep an instance down: what a run needs on disk is little and can live
     * in memory.
     */
    private void createFolder(InstanceSpec spec, LiveRun entry) {
        try {
            entry.folder.create(spec.runToken(), entry.marker, bootId);
        } catch (UncheckedIOException diskRefuses) {
            RunFolder.delete(entry.folder.path());
            folders.prepareRefuge();
            entry.folder = folders.refugeRun(entry.id, entry.run);
            entry.folder.create(spec.runToken(), entry.marker, bootId);
        }
    }

    static String joined(List<Path> groups) {
        return groups.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    /** Gives the runs of singletons the time that they were granted. */
    void renew(InstanceSpec spec) {
        blocking.execute(() -> {
            var problem = guardians.renew(spec);
            loop.execute(() -> problems.set("renew", spec.id(), problem.stream().toList()));
        });
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    /**
     * The instance is gone for good. Its groups are removed at once, so that those of a later one
     * of the same name are left alone.
     */
    @Override
    public void forget(InstanceId id) {
        limits.forget(id);
        problems.forget(id);
    }

    /** The shim writes within milliseconds; a busy machine may take longer. */
    private Launch awaitClaim(RunFolder folder) {
        var answer = Poll.within(START_DEADLINE, () -> answer(folder));
        if (answer.isPresent()) {
            return answer.get();
        }
        if (folder.claim()) {
            return new Launch.Failed(
                    "its shim did not start it within " + Sentences.duration(START_DEADLINE),
                    false);
        }
        return folder.child() instanceof RunFolder.Claim.Held held
                ? new Launch.Up(identity(held), shim(folder))
                : new Launch.Failed("its shim died while it started it", false);
    }

    /** What its shim has written so far. */
    private Optional<Launch> answer(RunFolder folder) {
        if (folder.child() instanceof RunFolder.Claim.Held held) {
            return Optional.of(new Launch.Up(identity(held), shim(folder)));
        }
        return folder.status()
                .map(step ->
                        new Launch.Failed(
                                "its shim could not start it (step %d)".formatted(step), false));
    }

    private ProcessIdentity identity(RunFolder.Claim.Held held) {
        return new ProcessIdentity(bootId, held.pid(), held.startTicks());
    }

    private Optional<ProcessIdentity> shim(RunFolder folder) {
        return folder.shim() instanceof RunFolder.Claim.Held held
                ? Optional.of(identity(held))
                : Optional.empty();
    }

    private void launched(LiveRun entry, Launch outcome) {
        switch (outcome) {
            case Launch.Failed failed -> {
                live.remove(entry.id, entry);
                events.accept(
                        entry.id,
                        new MachineInput.StartFailed(
                                entry.run,
                                failed.reason(),
                                failed.hopeless()
                                        ? MachineInput.Again.NEVER
                                        : MachineInput.Again.COUNTED));
            }
            case Launch.Up up -> {
                watch(entry, up.child(), up.shim());
                events.accept(entry.id, new MachineInput.Started(entry.run, up.child().pid()));
            }
        }
    }

    // ---- adopt

    @Override
    public Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted) {
        return adopt(id).<Adoption>map(Adoption.There::new).orElseGet(Adoption.Nothing::new);
    }

    /**
     * A run found on disk.
     *
     * @param pid of its main process, empty when that has ended
     * @param isEnding whether something is left of it still; an {@code Ended} follows
     */
    record Found(
            long run,
            String runToken,
            Optional<Long> pid,
            Optional<Integer> exit,
            boolean isFromBeforeBoot,
            boolean isEnding,
            String detail) {}

    /**
     * Looks for the last run of an instance and watches it again if it is still there; earlier runs
     * and strays of the instance are ended. Reads files and {@code /proc}; waits for strays from
     * before the agent's start, one second for each run at most. Throws {@link
     * UncheckedIOException} when what is there cannot be told: then nothing has been done.
     */
    Optional<Found> adopt(InstanceId id) {
        Optional<Found> found = Optional.empty();
        for (var run : folders.runs(id)) {
            if (found.isPresent()) {
                endOlder(id, run);
            } else {
                found = adopt(id, run);
            }
        }
        return found;
    }

    private void endOlder(InstanceId id, long run) {
        var marker = folders.marker(id, run);
        if (strays.end(marker)) {
            problems.clear("end run " + run, id);
        } else {
            problems.set(
                    "end run " + run,
                    id,
                    "processes of the old run %d of %s are still there although they were killed"
                            .formatted(run, id));
            loop.schedule(AGAIN_AFTER, () -> blocking.execute(() -> endOlder(id, run)));
        }
    }

    private Optional<Found> adopt(InstanceId id, long run) {
        var entry = new LiveRun(id, run, folders.run(id, run), folders.marker(id, run));
        var intent = entry.folder.intent();
        var token = intent.map(RunFolder.Intent::runToken).orElse("");
        if (intent.isPresent() && !intent.get().bootId().equals(bootId)) {
            return Optional.of(
                    new Found(
                            run,
                            token,
                            Optional.empty(),
                            Optional.empty(),
                            true,
                            false,
                            "the machine was restarted"));
        }
        var child = settledChild(entry);
        if (child.isEmpty()) {
            return strays.end(entry.marker) ? Optional.empty() : Optional.of(ending(entry, token));
        }
        live.put(id, entry);
        watch(entry, child.get(), shim(entry.folder));
        if (!entry.childEnded) {
            return Optional.of(
                    new Found(
                            run,
                            token,
                            Optional.of(child.get().pid()),
                            Optional.empty(),
                            false,
                            false,
                            ""));
        }
        if (!strays.end(entry.marker)) {
            return Optional.of(ending(entry, token));
        }
        live.remove(id, entry);
        cancelWatches(entry);
        return Optional.of(
                new Found(
                        run,
                        token,
                        Optional.empty(),
                        entry.folder.status(),
                        false,
                        false,
                        "while no agent was running"));
    }

    /** Nothing may take its place before all of it is gone. */
    private Found ending(LiveRun entry, String token) {
        live.put(entry.id, entry);
        loop.execute(() -> clear(entry));
        return new Found(
                entry.run, token, Optional.empty(), entry.folder.status(), false, true, "");
    }

    /** Who holds the run, after a claim that is still on its way has been waited for or taken. */
    private Optional<ProcessIdentity> settledChild(LiveRun entry) {
        if (entry.folder.claim()) {
            return Optional.empty();
        }
        if (entry.folder.child() instanceof RunFolder.Claim.Held held) {
            return Optional.of(identity(held));
        }
        // Torn or damaged: its processes still carry the run's mark.
        return strays.leader(entry.marker);
    }

    // ---- watch and end

    private void watch(LiveRun entry, ProcessIdentity child, Optional<ProcessIdentity> shim) {
        entry.child = Optional.of(child);
        entry.shim = shim;
        watchShim(entry);
        watchChild(entry, child);
    }

    private void watchShim(LiveRun entry) {
        if (entry.shim.isEmpty()) {
            entry.shimEnded = true;
            return;
        }
        switch (watcher.watch(
                entry.shim.get(), bootId, () -> loop.execute(() -> shimEnded(entry)))) {
            case PidWatcher.Attempt.Held held -> entry.shimWatch = Optional.of(held.watch());
            case PidWatcher.Attempt.Gone ignored -> entry.shimEnded = true;
            case PidWatcher.Attempt.Refused ignored ->
                    again(
                            entry,
                            () -> {
                                watchShim(entry);
                                if (entry.shimEnded) {
                                    shimEnded(entry);
                                }
                            });
        }
    }

    /** A process that cannot be watched is left alone, not taken for ended. */
    private void watchChild(LiveRun entry, ProcessIdentity child) {
        switch (watcher.watch(child, bootId, () -> loop.execute(() -> childEnded(entry)))) {
            case PidWatcher.Attempt.Held held -> {
                problems.clear("watch", entry.id);
                entry.childWatch = Optional.of(held.watch());
                if (entry.shimEnded) {
                    loop.execute(() -> shimEnded(entry));
                }
                entry.stopping.ifPresent(policy -> signalStop(entry, policy));
            }
            case PidWatcher.Attempt.Gone ignored -> {
                problems.clear("watch", entry.id);
                entry.childEnded = true;
                loop.execute(() -> childEnded(entry));
            }
            case PidWatcher.Attempt.Refused refused -> {
                problems.set(
                        "watch",
                        entry.id,
                        "process %d of %s cannot be watched: %s; it is left alone, and this is tried again"
                                .formatted(child.pid(), entry.id, refused.why()));
                again(entry, () -> watchChild(entry, child));
            }
        }
    }

    private void again(LiveRun entry, Runnable attempt) {
        loop.schedule(
                AGAIN_AFTER,
                () -> {
                    if (live.get(entry.id) == entry && !entry.clearing) {
                        attempt.run();
                    }
                });
    }

    private void childEnded(LiveRun entry) {
        entry.childEnded = true;
        if (live.get(entry.id) != entry) {
            return;
        }
        if (entry.shimEnded || entry.folder.status().isPresent()) {
            clear(entry);
        } else {
            loop.schedule(KEEPER_WRITES_WITHIN, () -> clear(entry));
        }
    }

    private void shimEnded(LiveRun entry) {
        entry.shimEnded = true;
        if (live.get(entry.id) != entry) {
            return;
        }
        if (entry.childEnded) {
            clear(entry);
        } else {
            loop.schedule(
                    END_SEEN_WITHIN,
                    () -> {
                        if (live.get(entry.id) == entry && !entry.childEnded) {
                            events.accept(entry.id, new MachineInput.ShimLost(entry.run));
                        }
                    });
        }
    }

    private void clear(LiveRun entry) {
        if (entry.clearing || live.get(entry.id) != entry) {
            return;
        }
        entry.clearing = true;
        cancelWatches(entry);
        endRest(entry);
    }

    /**
     * Ends everything that is left of a run; what is being stopped may use the rest of its grace
     * period. The run has ended only when nothing of it is there any more.
     */
    private void endRest(LiveRun entry) {
        var killAt = entry.killAtNanos.orElse(System.nanoTime());
        blocking.execute(() -> {
            var remains =
                    new Remains(() -> strays.of(entry.marker, entry.child), Strays::kill)
                            .end(killAt, CLEARED_WITHIN);
            switch (remains) {
                case Remains.Outcome.Left left ->
                        loop.execute(() -> {
                            problems.set(
                                    "end",
                                    entry.id,
                                    "run %d of %s cannot be ended: %s; nothing takes its place before it is gone"
                                            .formatted(entry.run, entry.id, left.what()));
                            loop.schedule(AGAIN_AFTER, () -> endRest(entry));
                        });
                case Remains.Outcome.Gone gone -> {
                    var end = end(entry, gone.killed());
                    loop.execute(() -> {
                        problems.clear("end", entry.id);
                        live.remove(entry.id, entry);
                        events.accept(entry.id, end);
                    });
                }
            }
        });
    }

    private MachineInput.Ended end(LiveRun entry, int killed) {
        var status = entry.folder.status();
        var detail = new ArrayList<String>();
        var lastLine = entry.folder.lastErrorLine();
        if (!lastLine.isEmpty() && status.filter(code -> code == 0).isEmpty()) {
            detail.add("last on stderr: " + lastLine);
        }
        if (entry.folder.isLeaseOver()) {
            detail.add("its lease had run out, and its guardian ended it");
        }
        if (wasKilledForMemory(entry)) {
            detail.add(
                    "it had reached its memory limit of %d bytes"
                            .formatted(entry.memoryLimit.orElse(0L)));
        }
        if (killed > 0) {
            detail.add("%d processes it had left behind were ended".formatted(killed));
        }
        return new MachineInput.Ended(entry.run, status, String.join("; ", detail));
    }

    private boolean wasKilledForMemory(LiveRun entry) {
        var kills = limits.memoryKills(entry.id);
        return entry.memoryLimit.isPresent()
                && kills.isPresent()
                && kills.getAsLong() > entry.memoryKills.orElse(kills.getAsLong());
    }

    private static void cancelWatches(LiveRun entry) {
        entry.childWatch.ifPresent(PidWatcher.Watch::cancel);
        entry.shimWatch.ifPresent(PidWatcher.Watch::cancel);
    }

    // ---- stop

    @Override
    public void stop(InstanceId id, MachineAction.Stop stop) {
        var entry = live.get(id);
        if (entry == null || entry.run != stop.run() || entry.stopping.isPresent()) {
            return;
        }
        entry.stopping = Optional.of(stop.policy());
        if (entry.childWatch.isPresent()) {
            signalStop(entry, stop.policy());
        }
    }

    private void signalStop(LiveRun entry, StopPolicy policy) {
        entry.killAtNanos = OptionalLong.of(System.nanoTime() + policy.gracePeriod().toNanos());
        signal(entry, Sentences.signal(policy.signal()));
        loop.schedule(
                policy.gracePeriod(),
                () -> {
                    if (live.get(entry.id) == entry) {
                        signal(entry, SIGKILL);
                    }
                });
    }

    /**
     * To the whole process group: a shell would not hand a signal on to the command it waits for.
     */
    private static void signal(LiveRun entry, int number) {
        var reachable = entry.childWatch.filter(watch -> watch.signal(0) == 0).isPresent();
        if (reachable && entry.child.isPresent()) {
            if (Posix.kill(-entry.child.get().pid(), number) < 0) {
                entry.childWatch.ifPresent(watch -> watch.signal(number));
            }
        }
    }
}
