package olympus.agent.internal;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import olympus.agent.Brake;
import olympus.agent.OutputLimits;
import olympus.agent.SystemdTools;
import olympus.engine.ContainerEngine;
import olympus.foundation.Clock;
import olympus.link.AgentSide;
import olympus.link.ExecCall;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.link.Pause;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;

/**
 * The wiring of one agent: its two loops, the watcher, the driver and the supervisor. Knows no
 * policy.
 *
 * <p>Threading: safe for use by any thread; orders are handed to the supervision loop.
 */
public final class NodeSupervision implements AutoCloseable {

    private static final Duration LIVE_LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration FACTS_EVERY = Duration.ofMinutes(5);
    private static final Duration FIRST_LOOK_WITHIN = Duration.ofSeconds(10);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration BEGIN_WITHIN = Duration.ofMinutes(2);

    private final AgentSide.Identity identity;
    private final InstanceFolders folders;
    private final EndingLoop loop;
    private final EndingLoop outputLoop;
    private final PidWatcher watcher;
    private final BlockingWork blocking;
    private final OutputCollector output;
    private final LogStreams streams;
    private final NodeQuestions questions;
    private final PeoplesCommands commands;
    private final ContainerEngine engine;
    private volatile Optional<ContainerDriver> containers = Optional.empty();
    private volatile Optional<UnitDriver> units = Optional.empty();
    private final HeldLeases leases;
    private volatile Optional<ProcessDriver> processes = Optional.empty();
    private final SupervisedNode node;
    private final Supervisor supervisor;
    private final FactsRounds facts;

    /**
     * @param root the agent's folder, {@code D/agent}
     * @param engine for containers; closed with this
     * @param systemd for units
     * @param onFailure told when a loop has stopped because of a bug
     */
    public NodeSupervision(
            Path root,
            AgentSide.Identity identity,
            Clock clock,
            RandomGenerator random,
            OutputLimits outputLimits,
            Brake brake,
            ContainerEngine engine,
            SystemdTools systemd,
            BiConsumer<String, Throwable> onFailure) {
        this.identity = identity;
        this.engine = engine;
        folders = new InstanceFolders(root, identity.node());
        folders.prepare();
        loop = new EndingLoop("agent-supervision", onFailure);
        outputLoop = new EndingLoop("agent-output", onFailure);
        watcher = new PidWatcher(failure -> onFailure.accept("agent-watcher", failure));
        blocking = new BlockingWork(failure -> onFailure.accept("agent-work", failure));
        output = new OutputCollector(folders, outputLimits, clock, outputLoop, watcher);
        streams = new LogStreams(folders, output);
        facts = facts();
        var bootId = ProcFs.bootId();
        var allowance = allowance(root);
        var accounts = new Accounts(Posix.effectiveUser(), Path.of("/etc"), allowance);
        var prober = new Prober(accounts, folders, new Lookups(InetAddress::getByName));
        var launch = new ContainerLaunch(engine, clock);
        var inside = new InsideProbe(prober, engine, launch);
        questions = questions(root, launch, accounts, new Systemctl(systemd.systemctl()));
        var limits = new Limits(identity.node().toString().substring(0, 8));
        var strays = new Strays(bootId);
        commands = commands(launch, accounts, limits, machineCommands(root, clock, strays));
        leases = new HeldLeases(clock);
        var guardians = new Guardians(folders, bootId, leases);
        node =
                new SupervisedNode(
                        loop,
                        leases,
                        facts::last,
                        told ->
                                new Supervisor(
                                        parts(told, root, bootId, clock, random, brake),
                                        it ->
                                                new Drivers(
                                                        allowance,
                                                        (id, input) ->
                                                                loop.execute(
                                                                        () -> it.feed(id, input)),
                                                        folders,
                                                        processes(
                                                                new ProcessDriver(
                                                                        folders, bootId, loop,
                                                                        blocking, watcher, accounts,
                                                                        limits, strays, guardians,
                                                                        it::feed)),
                                                        containers(it, launch),
                                                        units(it, bootId, systemd)),
                                        it -> rounds(it, clock, random, inside)));
        supervisor = node.supervisor();
    }

    private FactsRounds facts() {
        return new FactsRounds(
                MachineFacts::find, FACTS_EVERY, found -> loop.execute(() -> tellFacts(found)));
    }

    private SupervisorParts parts(
            SupervisedNode told,
            Path root,
            String bootId,
            Clock clock,
            RandomGenerator random,
            Brake brake) {
        return new SupervisorParts(
                identity,
                bootId,
                clock,
                random,
                loop,
                blocking,
                folders,
                new AssignmentFile(root),
                new SealedSecrets(root),
                new Pauses(root),
                new EventJournal(root),
                output,
                brake,
                leases,
                this::lacks,
                told::reportSoon,
                told::sendEventsSoon);
    }

    private NodeQuestions questions(
            Path root, ContainerLaunch launch, Accounts accounts, Systemctl systemctl) {
        var accepted = new AcceptedSpecs(root);
        return new NodeQuestions(
                new NodeVolumes(engine, this::volumeRemoved),
                new NodeSettings(
                        engine,
                        launch,
                        new ProcessSettings(folders, accounts),
                        accepted,
                        this::secretsInForce),
                new NodeImages(engine, launch, accepted),
                new NodeUse(engine, launch, folders, systemctl, accepted));
    }

    private PeoplesCommands commands(
            ContainerLaunch launch, Accounts accounts, Limits limits, MachineCommands machine) {
        return new PeoplesCommands(
                this::target,
                new ContainerTalks(engine, launch),
                new ProcessTalks(accounts, folders, limits),
                machine);
    }

    private WorkloadAllowance allowance(Path root) {
        return new WorkloadAllowance(
                root.resolveSibling("workloads.allow").toAbsolutePath(),
                identity.name(),
                Posix.effectiveUser(),
                System.getProperty("user.name"));
    }

    private MachineCommands machineCommands(Path root, Clock clock, Strays strays) {
        var machine =
                new MachineCommands(
                        identity.node(),
                        new MachineAllowance(
                                root.resolveSibling("fleet-exec.allow").toAbsolutePath(),
                                identity.name(),
                                Programs.OF_THE_SYSTEM,
                                Posix.effectiveUser()),
                        new MachineCommandLog(root.resolve("fleet-exec.log"), clock),
                        strays,
                        loop);
        machine.endRemains();
        return machine;
    }

    private ProbeRounds rounds(
            Supervisor told, Clock clock, RandomGenerator random, InsideProbe inside) {
        return new ProbeRounds(
                loop, blocking, clock, random, inside::ask, told::secrets, told::feed);
    }

    private ProcessDriver processes(ProcessDriver driver) {
        processes = Optional.of(driver);
        return driver;
    }

    private ContainerDriver containers(Supervisor told, ContainerLaunch launch) {
        var driver = new ContainerDriver(folders, loop, blocking, engine, launch, reports(told));
        containers = Optional.of(driver);
        return driver;
    }

    private UnitDriver units(Supervisor told, String bootId, SystemdTools systemd) {
        var driver =
                new UnitDriver(folders, bootId, loop, blocking, watcher, systemd, reports(told));
        units = Optional.of(driver);
        return driver;
    }

    private static DriverReports reports(Supervisor told) {
        return new DriverReports() {
            @Override
            public void happened(InstanceId id, MachineInput input) {
                told.feed(id, input);
            }

            @Override
            public void known(InstanceId id, Optional<ProcessDriver.Found> found) {
                told.known(id, found);
            }

            @Override
            public void stillAsked(InstanceId id, String why) {
                told.stillAsked(id, why);
            }
        };
    }

    /**
     * Adopts what runs and goes on with the assignment on disk. Returns when that is known and
     * under way.
     */
    public void begin() {
        ask(
                () -> {
                    supervisor.begin();
                    return true;
                },
                BEGIN_WITHIN);
        loop.execute(node::beginRounds);
        facts.begin();
        facts.firstLook().thenRun(() -> loop.execute(node::reportAtLast));
        loop.schedule(FIRST_LOOK_WITHIN, node::reportAtLast);
    }

    private void tellFacts(NodeFacts found) {
        node.tellFacts(found);
    }

    /** From now on tells this one too. */
    public void tell(AgentSide.Reports to) {
        node.tell(to);
    }

    public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
        node.assign(assignment, secrets);
    }

    /** Runs {@code task} on the supervision loop. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    public void eventsRecorded(long upToSequence) {
        node.eventsRecorded(upToSequence);
    }

    /** Which singletons may go on; what waited for that starts. */
    public void leased(LeaseGrant grant) {
        loop.execute(() -> {
            leases.granted(grant);
            processes.ifPresent(driver ->
                    supervisor.specs().values().stream()
                            .filter(HeldLeases::isSingleton)
                            .forEach(driver::renew));
            supervisor.lookAround();
        });
    }

    public void pause(Pause pause) {
        node.pause(pause);
    }

    public Runnable streamLogs(LogRequest request, LogSink sink) {
        return streams.stream(request, sink);
    }

    public CompletionStage<NodeAnswer> ask(NodeQuestion question) {
        return questions.ask(question);
    }

    private void volumeRemoved(String volume, String by) {
        loop.execute(() ->
                supervisor.tell(
                        Optional.empty(),
                        "remove volume " + volume,
                        by + " asked for it by name",
                        "removed, with all that was in it"));
    }

    public void exec(ExecCall call) {
        commands.exec(call);
    }

    private PeoplesCommands.Target target(InstanceId id) {
        return ask(
                        () ->
                                PeoplesCommands.Target.of(
                                        id,
                                        supervisor.specs(),
                                        supervisor.report().instances(),
                                        supervisor.secrets()),
                        ANSWER_WITHIN)
                .orElseThrow(() -> PeoplesCommands.unknown(id, identity.name()));
    }

    public void connected() {
        node.connected();
    }

    /** Ends every instance, dependants first; answers with those that still run at the deadline. */
    public List<InstanceId> stopAll(Duration deadline) {
        var done = new CompletableFuture<List<InstanceId>>();
        loop.execute(() -> {
            supervisor.stopAll();
            awaitNoneLive(done);
        });
        try {
            return done.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return stillLive(done);
        } catch (InterruptedException e) {
            var left = stillLive(done);
            Thread.currentThread().interrupt();
            return left;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for the end of all instances failed", e);
        }
    }

    /** Nobody waits any more; what runs now is the answer. */
    private List<InstanceId> stillLive(CompletableFuture<List<InstanceId>> done) {
        var left = ask(supervisor::live, ANSWER_WITHIN);
        done.complete(left);
        return left;
    }

    private void awaitNoneLive(CompletableFuture<List<InstanceId>> done) {
        if (supervisor.live().isEmpty()) {
            done.complete(List.of());
        } else if (!done.isDone()) {
            loop.schedule(LIVE_LOOK_EVERY, () -> awaitNoneLive(done));
        }
    }

    private Map<SecretRef, String> secretsInForce() {
        return ask(supervisor::secrets, ANSWER_WITHIN);
    }

    private <T> T ask(Supplier<T> question, Duration within) {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
                throw e;
            }
        });
        try {
            return answer.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the supervision loop did not answer: " + e, e);
        }
    }

    private List<String> lacks() {
        var lacks = new ArrayList<String>();
        output.problem().ifPresent(lacks::add);
        facts.problem().ifPresent(lacks::add);
        commands.problem().ifPresent(lacks::add);
        if (output.holesRefused()) {
            lacks.add(
                    "the filesystem of %s cannot free parts of files: output files grow until their run ends"
                            .formatted(folders.root()));
        }
        lacks.addAll(supervisor.driver().problems());
        return lacks;
    }

    /** Leaves the instances running. */
    @Override
    public void close() {
        facts.close();
        // First whoever uses the watches, then the watcher.
        loop.close();
        containers.ifPresent(ContainerDriver::close);
        questions.close();
        units.ifPresent(UnitDriver::close);
        commands.close();
        engine.close();
        output.close();
        outputLoop.close();
        blocking.close();
        watcher.close();
    }

    @Override
    public String toString() {
        return "NodeSupervision[" + identity.name() + "]";
    }
}
