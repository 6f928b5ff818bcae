package olympus.agent.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import olympus.engine.EngineException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ExecCall;
import olympus.link.ExecTarget;
import olympus.link.LinkLimits;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceSpec;

/**
 * Runs commands within instances for people, beside the supervision loop: finds the instance,
 * starts the command, and carries bytes between it and whoever asked. Commands on the machine
 * itself are handed on to {@link MachineCommands}.
 *
 * <p>Threading: any thread; each command has two platform threads of its own, because waiting for a
 * terminal would occupy a carrier of virtual ones. Limit: {@link LinkLimits#MAX_EXECS} for each
 * server. Commands end with whoever asked, and with the agent.
 */
final class PeoplesCommands implements AutoCloseable {

    private final Function<InstanceId, Target> targets;
    private final ContainerTalks containers;
    private final ProcessTalks processes;
    private final MachineCommands machine;
    private final Set<Talk> open = ConcurrentHashMap.newKeySet();

    /**
     * An instance on this node as it is wanted and seen.
     *
     * @param secrets in clear
     */
    record Target(InstanceSpec spec, InstanceObservation seen, Map<SecretRef, String> secrets) {

        static Optional<Target> of(
                InstanceId id,
                Map<InstanceId, InstanceSpec> specs,
                List<InstanceObservation> seen,
                Map<SecretRef, String> secrets) {
            var spec = Optional.ofNullable(specs.get(id));
            return seen.stream()
                    .filter(observation -> observation.id().equals(id))
                    .findFirst()
                    .flatMap(found -> spec.map(wanted -> new Target(wanted, found, secrets)));
        }

        @Override
        public String toString() {
            return "Target[%s]".formatted(spec.id());
        }
    }

    /**
     * @param targets finds an instance; blocks; throws {@link OlympusException}
     */
    PeoplesCommands(
            Function<InstanceId, Target> targets,
            ContainerTalks containers,
            ProcessTalks processes,
            MachineCommands machine) {
        this.targets = targets;
        this.containers = containers;
        this.processes = processes;
        this.machine = machine;
    }

    static OlympusException unknown(InstanceId id, String node) {
        return new OlympusException(
                ErrorCode.NOT_FOUND, "there is no instance %s on node %s".formatted(id, node));
    }

    void exec(ExecCall call) {
        switch (call.request().target()) {
            case ExecTarget.Instance(var id) -> thread("exec-" + id, () -> run(call, id));
            case ExecTarget.Machine on -> machine.exec(call, on);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    private void run(ExecCall call, InstanceId id) {
        try (var talk = start(call, id)) {
            open.add(talk);
            try {
                converse(call, talk);
            } finally {
                open.remove(talk);
            }
        } catch (OlympusException e) {
            call.failed(e.code(), String.valueOf(e.getMessage()));
        } catch (EngineException e) {
            var code =
                    e.kind() == EngineException.Kind.CONFLICT
                            ? ErrorCode.CONFLICT
                            : ErrorCode.UNAVAILABLE;
            call.failed(code, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            call.failed(
                    ErrorCode.UNAVAILABLE,
                    "the command in %s broke off: %s".formatted(id, e.getMessage()));
        } catch (InterruptedException e) {
            call.failed(ErrorCode.UNAVAILABLE, "the agent is ending");
        } catch (RuntimeException e) {
            // A bug; but whoever asked must not wait for ever.
            call.failed(ErrorCode.INTERNAL, "a bug: " + e);
            throw e;
        }
    }

    private Talk start(ExecCall call, InstanceId id) throws IOException {
        var target = targets.apply(id);
        if (target.seen().state() != InstanceObservation.State.RUNNING) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s does not run (%s: %s); a command needs a running instance"
                            .formatted(
                                    target.spec().id(),
                                    target.seen().state().name().toLowerCase(java.util.Locale.ROOT),
                                    target.seen().reason()));
        }
        return switch (target.spec().definition().workload()) {
            case Workload.Container ignored -> containers.start(target.spec(), call.request());
            case Workload.Process process -> processes.start(target, process, call.request());
            case Workload.Unit unit ->
                    throw new OlympusException(
                            ErrorCode.INVALID,
                            "%s is the systemd unit %s: Olympus runs no commands within units; log in to the node for that"
                                    .formatted(target.spec().id(), unit.name()));
        };
    }

    private static void converse(ExecCall call, Talk talk)
            throws IOException, InterruptedException {
        call.onResize(size -> Thread.ofVirtual().start(() -> talk.resize(size)));
        call.onCancel(() -> thread("exec-end", talk::end));
        call.started();
        var writer =
                Thread.ofPlatform().daemon().name("exec-input").start(() -> carryInput(call, talk));
        try {
            for (var said = talk.next(); said.isPresent(); said = talk.next()) {
                var data = said.get().data();
                var bytes = new byte[data.remaining()];
                data.get(bytes);
                call.output(said.get().error(), bytes);
            }
            call.exited(talk.exitCode());
        } finally {
            writer.interrupt();
        }
    }

    private static void carryInput(ExecCall call, Talk talk) {
        try {
            for (var data = call.input(); data.isPresent(); data = call.input()) {
                talk.write(data.get());
            }
            talk.endInput();
        } catch (IOException takesNothingMore) {
            // It has closed its input or ended; the end is heard on its output.
            return;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the machine's owner should know of. */
    Optional<String> problem() {
        return machine.problem();
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(talk -> thread("exec-end", talk::end));
        machine.close();
    }
}
