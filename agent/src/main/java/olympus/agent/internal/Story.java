package olympus.agent.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.model.InstanceId;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/** What an {@link InstanceMachine} tells of its instance, in words and as a server sees it. */
final class Story {

    private final InstanceId id;
    private final Clock clock;
    private final List<MachineAction> actions = new ArrayList<>();

    /** Why it is in its state. */
    String reason = "";

    /** What besides holds at present; empty when nothing does. */
    String remark = "";

    /** It is released, and its driver is not done with it yet. */
    boolean isLettingGo;

    int restarts;
    Optional<Integer> lastExit = Optional.empty();
    private boolean wasUnknown;
    private Instant since;
    private State shown = State.PENDING;

    Story(InstanceId id, Clock clock) {
        this.id = id;
        this.clock = clock;
        this.since = clock.wall();
    }

    /** What is to be done, in order. */
    List<MachineAction> actions() {
        return actions;
    }

    void tell(String action, String why, String result) {
        actions.add(new MachineAction.Tell(action, why, result));
    }

    void show(Phase phase) {
        if (phase.shown() != shown) {
            shown = phase.shown();
            since = clock.wall();
        }
    }

    /** What was said of its health does not hold any more. */
    void healed() {
        if (remark.startsWith("unhealthy")) {
            remark = "";
        }
    }

    /** While it is not known what is there, that is all there is to tell. */
    boolean isHeldBack(Optional<String> unknown) {
        if (unknown.isPresent() || wasUnknown) {
            remark = unknown.orElse("");
            wasUnknown = unknown.isPresent();
        }
        return wasUnknown;
    }

    InstanceObservation observation(Wish wish, String runToken, Phase phase, Health health) {
        var isKnown = phase instanceof Phase.Running || wish.probe().isEmpty();
        return new InstanceObservation(
                id,
                runToken.isEmpty() ? wish.spec().map(InstanceSpec::runToken).orElse("") : runToken,
                wish.spec()
                        .map(wanted -> wanted.definition().workload().driver())
                        .orElse("process"),
                isLettingGo && wish.is(Desired.RELEASE) ? State.STOPPING : shown,
                isKnown ? health : Health.STARTING,
                phase.processId(),
                restarts,
                since,
                text(),
                lastExit);
    }

    private String text() {
        if (isLettingGo) {
            return "being let go";
        }
        if (remark.isEmpty()) {
            return reason;
        }
        return reason.isEmpty() ? remark : reason + "; " + remark;
    }
}
