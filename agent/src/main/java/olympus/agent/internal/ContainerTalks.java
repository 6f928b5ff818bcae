package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import olympus.engine.AttachedExec;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.engine.ExecOrder;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.Poll;
import olympus.link.ExecRequest;
import olympus.link.TerminalSize;
import olympus.model.state.InstanceSpec;

/** Starts commands in containers by the engine. Threading: any thread; blocks. */
final class ContainerTalks {

    private static final Duration EXIT_KNOWN_WITHIN = Duration.ofSeconds(10);

    private static final Duration ENDING_TRIED_FOR = Duration.ofMinutes(10);
    private static final Duration ENDING_AGAIN_AFTER = Duration.ofSeconds(1);

    private final ContainerEngine engine;
    private final ContainerLaunch launch;

    ContainerTalks(ContainerEngine engine, ContainerLaunch launch) {
        this.engine = engine;
        this.launch = launch;
    }

    Talk start(InstanceSpec spec, ExecRequest request) {
        var plan = ContainerPlan.of(spec);
        var container =
                launch.find(ContainerRecord.NONE, plan)
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.CONFLICT,
                                        "there is no container of %s".formatted(spec.id())));
        var order =
                new ExecOrder(
                        request.command(),
                        request.user(),
                        request.directory(),
                        request.environment(),
                        request.input(),
                        request.terminal().map(ContainerTalks::size));
        return new InContainer(
                engine.attach(container.id(), order),
                container.state().pid(),
                engine.address().socket().isPresent(),
                request.terminal().isPresent());
    }

    private static ExecOrder.Size size(TerminalSize size) {
        return new ExecOrder.Size(size.columns(), size.rows());
    }

    /**
     * @param main the container's main process
     * @param local whether the engine's process numbers may be those of this machine
     */
    record InContainer(AttachedExec exec, long main, boolean local, boolean terminal)
            implements Talk {

        @Override
        public Optional<Output> next() throws IOException {
            return exec.next().map(said -> new Output(said.error(), said.data()));
        }

        @Override
        public void write(byte[] data) throws IOException {
            exec.write(data);
        }

        @Override
        public void endInput() throws IOException {
            exec.endInput();
        }

        @Override
        public void resize(TerminalSize size) {
            try {
                exec.resize(ContainerTalks.size(size));
            } catch (EngineException endedMeanwhile) {
                return;
            }
        }

        /**
         * Engines cannot end a command: its process is ended on this machine. Where the engine does
         * not answer, the conversation is over at once, and the command ends once it answers again.
         */
        @Override
        public void end() {
            if (endedOrWhy().isEmpty()) {
                return;
            }
            var ended =
                    Poll.within(
                            ENDING_TRIED_FOR,
                            ENDING_AGAIN_AFTER,
                            () -> endedOrWhy().isEmpty() ? Optional.of(true) : Optional.empty());
            if (ended.isPresent()) {
                return;
            }
            endedOrWhy()
                    .ifPresent(why -> {
                        throw new EngineException(
                                why.kind(),
                                "cannot end a command in the container of process %d, it may still run: %s"
                                        .formatted(main, why.getMessage()),
                                why);
                    });
        }

        private Optional<EngineException> endedOrWhy() {
            try {
                var standing = exec.standing();
                if (standing.running() && local && isOfContainer(standing.pid())) {
                    ProcessGroup.of(standing.pid()).end(terminal, () -> !exec.standing().running());
                }
                return Optional.empty();
            } catch (EngineException e) {
                // What the engine does not know (any more) does not run.
                return e.isUnanswered() ? Optional.of(e) : Optional.empty();
            } finally {
                letGo();
            }
        }

        private void letGo() {
            try {
                exec.close();
            } catch (IOException brokenAlready) {
                return;
            }
        }

        /** A process of that number, in the same namespaces as the container, that are not ours. */
        private boolean isOfContainer(long pid) {
            return pid > 0
                    && List.of("mnt", "pid").stream()
                            .allMatch(kind ->
                                    namespace(pid, kind).isPresent()
                                            && namespace(pid, kind).equals(namespace(main, kind)))
                    && !namespace(pid, "mnt")
                            .equals(namespace(ProcessHandle.current().pid(), "mnt"));
        }

        private static Optional<Path> namespace(long pid, String kind) {
            try {
                return Optional.of(
                        Files.readSymbolicLink(Path.of("/proc/%d/ns/%s".formatted(pid, kind))));
            } catch (IOException notSeenHere) {
                return Optional.empty();
            }
        }

        @Override
        public int exitCode() throws IOException {
            return Poll.within(
                            EXIT_KNOWN_WITHIN,
                            () -> Optional.of(exec.standing()).filter(now -> !now.running()))
                    .map(AttachedExec.Standing::exitCode)
                    .orElseThrow(() ->
                            new IOException(
                                    "its streams ended, but the engine says that it still runs"));
        }

        @Override
        public void close() throws IOException {
            exec.close();
        }
    }
}
