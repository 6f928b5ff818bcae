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
import java.util.concurrent.CopyOnWriteArrayList;
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
import olympus.model.state.AgentEvent;
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

    private static final Duration REPORT_EVERY = Duration.ofSeconds(5);
    private static final Duration REPORT_GATHERS = Duration.ofMillis(20);
    private static final Duration DRIFT_EVERY = Duration.ofSeconds(5);
    private static final Duration FACTS_EVERY = Duration.ofMinutes(5);
    private static final Duration FIRST_LOOK_WITHIN = Duration.ofSeconds(10);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration BEGIN_WITHIN = Duration.ofMinutes(2);

    private final AgentSide.Identity identity;
    private final List<AgentSide.Reports> reports = new CopyOnWriteArrayList<>();
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
    private final Supervisor supervisor;
    private final FactsRounds facts;
    private boolean reporting;
    private boolean reportDue;
    private boolean eventsDue;
    private final ToldEvents toldEvents = new ToldEvents();

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
        facts =
                new FactsRounds(
                        MachineFacts::find,
                        FACTS_EVERY,
                        found -> loop.execute(() -> tellFacts(found)));
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
        supervisor =
                new Supervisor(
                        parts(root, bootId, clock, random, brake),
                        it ->
                                new Drivers(
                                        allowance,
                                        (id, input) -> loop.execute(() -> it.feed(id, input)),
                                        folders,
                                        processes(
                                                new ProcessDriver(
                                                        folders, bootId, loop, blocking, watcher,
                                                        accounts, limits, strays, guardians,
                                                        it::feed)),
                                        containers(it, launch),
                                        units(it, bootId, systemd)),
                        it -> rounds(it, clock, random, inside));
    }

    private SupervisorParts parts(
            Path root, String bootId, Clock clock, RandomGenerator random, Brake brake) {
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
                this::reportSoon,
                this::sendEventsSoon);
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
        loop.execute(this::everySecond);
        loop.execute(this::reportRegularly);
        loop.execute(this::driftRegularly);
        facts.begin();
        facts.firstLook().thenRun(() -> loop.execute(this::reportAtLast));
        loop.schedule(FIRST_LOOK_WITHIN, this::reportAtLast);
    }

    /**
     * Nothing is reported before it is known what the machine has, or that this takes too long: who
     * places instances would take a machine that has told nothing for one that is large enough.
     */
    private void reportAtLast() {
        if (!reporting) {
            reporting = true;
            facts.last().ifPresent(this::tellFacts);
            report();
        }
    }

    /** From now on tells this one too. */
    public void tell(AgentSide.Reports to) {
        reports.add(to);
        connected();
    }

    public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
        loop.execute(() -> {
            var inForce = supervisor.stamp();
            supervisor
                    .assign(assignment, secrets)
                    .ifPresent(why ->
                            reports.forEach(to -> to.refused(assignment.stamp(), inForce, why)));
            reportSoon();
            if (isUnderAnother(inForce)) {
                sendEvents();
            }
        });
    }

    /** Servers that do not lead record nothing: whoever leads now has to hear it again. */
    private boolean isUnderAnother(Assignment.Stamp before) {
        var now = supervisor.stamp();
        return now.epoch() != before.epoch() || now.incarnation() != before.incarnation();
    }

    /** Runs {@code task} on the supervision loop. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    public void eventsRecorded(long upToSequence) {
        loop.execute(() -> {
            supervisor.events().recorded(upToSequence);
            sendEventsSoon();
        });
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
        loop.execute(() -> supervisor.pause(pause));
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
        loop.execute(() -> {
            facts.last().ifPresent(this::tellFacts);
            report();
            sendEvents();
        });
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
            loop.schedule(REPORT_GATHERS, () -> awaitNoneLive(done));
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

    private void tellFacts(NodeFacts found) {
        reports.forEach(to -> to.facts(found));
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

    // ---- on the loop

    private void everySecond() {
        supervisor.everySecond();
        leases.ask(supervisor.specs().values())
                .ifPresent(number -> reports.forEach(to -> to.askForLeases(number)));
        loop.schedule(Duration.ofSeconds(1), this::everySecond);
    }

    private void reportRegularly() {
        report();
        sendEvents();
        loop.schedule(REPORT_EVERY, this::reportRegularly);
    }

    private void driftRegularly() {
        supervisor.lookForDrift();
        loop.schedule(DRIFT_EVERY, this::driftRegularly);
    }

    private void reportSoon() {
        if (!reportDue) {
            reportDue = true;
            // The whole report grows with the instances: many of them wait a little longer for each
            // other.
            loop.schedule(REPORT_GATHERS.plusMillis(supervisor.specs().size() / 2), this::report);
        }
    }

    private void report() {
        reportDue = false;
        if (reporting && !reports.isEmpty()) {
            var report = supervisor.report();
            reports.forEach(to -> to.report(report));
        }
    }

    private void sendEventsSoon() {
        if (!eventsDue) {
            eventsDue = true;
            loop.schedule(REPORT_GATHERS, this::sendNewEvents);
        }
    }

    private void sendNewEvents() {
        eventsDue = false;
        send(toldEvents.news(supervisor.events().pending()));
    }

    /** Also those sent before: a server records an event once, however often it comes. */
    private void sendEvents() {
        send(toldEvents.again(supervisor.events().pending()));
    }

    private void send(List<AgentEvent> events) {
        if (!events.isEmpty()) {
            reports.forEach(to -> to.events(events));
        }
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
