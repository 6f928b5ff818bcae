package olympus.agent.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import olympus.foundation.EventLoop;
import olympus.link.AgentSide;
import olympus.link.Pause;
import olympus.model.SecretRef;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;

/**
 * A supervisor between its servers: hands their orders to it, has it look around regularly, and
 * tells them what it sees, whatever it runs its instances with.
 *
 * <p>Threading: {@link #tell} and orders by any thread, which hand over to the loop; everything
 * else on the loop.
 */
final class SupervisedNode {

    private static final Duration REPORT_EVERY = Duration.ofSeconds(5);
    private static final Duration REPORT_GATHERS = Duration.ofMillis(20);
    private static final Duration DRIFT_EVERY = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final HeldLeases leases;
    private final Supplier<Optional<NodeFacts>> facts;
    private final List<AgentSide.Reports> reports = new CopyOnWriteArrayList<>();
    private final Supervisor supervisor;
    private final ToldEvents toldEvents = new ToldEvents();
    private boolean reporting;
    private boolean reportDue;
    private boolean eventsDue;

    /**
     * @param facts what is known so far of what the machine has; asked by the loop
     * @param supervisor made with {@link #reportSoon} and {@link #sendEventsSoon} of this
     */
    SupervisedNode(
            EventLoop loop,
            HeldLeases leases,
            Supplier<Optional<NodeFacts>> facts,
            Function<SupervisedNode, Supervisor> supervisor) {
        this.loop = loop;
        this.leases = leases;
        this.facts = facts;
        this.supervisor = supervisor.apply(this);
    }

    Supervisor supervisor() {
        return supervisor;
    }

    /** From now on tells this one too. */
    void tell(AgentSide.Reports to) {
        reports.add(to);
        connected();
    }

    // ---- orders

    void assign(Assignment assignment, Map<SecretRef, String> secrets) {
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

    void eventsRecorded(long upToSequence) {
        loop.execute(() -> {
            supervisor.events().recorded(upToSequence);
            sendEventsSoon();
        });
    }

    void pause(Pause pause) {
        loop.execute(() -> supervisor.pause(pause));
    }

    /** Tells everything again. */
    void connected() {
        loop.execute(() -> {
            facts.get().ifPresent(this::tellFacts);
            report();
            sendEvents();
        });
    }

    // ---- on the loop

    /** What has to be done again and again, from now on. */
    void beginRounds() {
        everySecond();
        reportRegularly();
        driftRegularly();
    }

    private void everySecond() {
        supervisor.everySecond();
        leases.ask(supervisor.specs().values())
                .ifPresent(number -> reports.forEach(to -> to.askForLeases(number)));
        loop.schedule(LOOK_EVERY, this::everySecond);
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

    /**
     * Nothing is reported before it is known what the machine has, or that this takes too long: who
     * places instances would take a machine that has told nothing for one that is large enough.
     */
    void reportAtLast() {
        if (!reporting) {
            reporting = true;
            facts.get().ifPresent(this::tellFacts);
            report();
        }
    }

    void tellFacts(NodeFacts found) {
        reports.forEach(to -> to.facts(found));
    }

    void reportSoon() {
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

    void sendEventsSoon() {
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
}
