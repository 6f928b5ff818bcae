package olympus.agent.internal;

import java.util.Optional;
import java.util.function.Consumer;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.RestartRule;
import olympus.foundation.EventLoop;
import olympus.model.state.InstanceSpec;

/**
 * The engines' own restart policies of containers: {@code no} while Olympus restarts them; what was
 * found, or declared where Olympus made the container, as soon as it does not any more. Of what was
 * never managed nothing is changed. Threading: the supervision loop.
 */
final class RestartRules {

    private final ContainerEngine engine;
    private final EventLoop loop;
    private final Problems problems;
    private final ContainerRecords records;
    private final Consumer<ContainerEntry> look;
    private final Consumer<ContainerEntry> lookLater;

    /**
     * @param look compares a container with what is known of it, and comes back here
     * @param lookLater the same in a moment
     */
    RestartRules(
            ContainerEngine engine,
            EventLoop loop,
            Problems problems,
            ContainerRecords records,
            Consumer<ContainerEntry> look,
            Consumer<ContainerEntry> lookLater) {
        this.engine = engine;
        this.loop = loop;
        this.problems = problems;
        this.records = records;
        this.look = look;
        this.lookLater = lookLater;
    }

    /** What is to be put back follows the declaration, where it was the declared one. */
    void declared(ContainerEntry entry, Optional<InstanceSpec> before) {
        var was = before.flatMap(ContainerPlan::of).map(ContainerPlan::declaredRule);
        var is = entry.plan().map(ContainerPlan::declaredRule);
        if (was.isPresent() && !was.equals(is) && was.equals(entry.record.heldRule())) {
            records.save(entry, entry.record.holding(is));
        }
    }

    /**
     * Nothing can be put back of a released container that is not there any more, or whose engine
     * cannot do it.
     */
    void nothingToFollow(ContainerEntry entry) {
        if (entry.released && entry.record.heldRule().isPresent()) {
            records.save(entry, entry.record.holding(Optional.empty()));
        }
    }

    void follow(ContainerEntry entry, ContainerDetails container) {
        var now = new RestartRule(container.restartPolicy(), container.restartMaximum());
        if (container.autoRemove() || entry.isRuleBeingSet) {
            return;
        }
        if (entry.isManaged()) {
            hold(entry, container, now);
        } else if (entry.stopping.isEmpty()) {
            putBack(entry, container, now);
        }
    }

    /** What is found is written down first, so that it can be put back whatever happens. */
    private void hold(ContainerEntry entry, ContainerDetails container, RestartRule now) {
        if (entry.record.heldRule().isEmpty()) {
            var declared = entry.plan().map(ContainerPlan::declaredRule);
            var held = now.equals(RestartRule.NO) ? declared : Optional.of(now);
            records.save(entry, entry.record.holding(held));
        }
        if (!now.equals(RestartRule.NO)) {
            set(entry, container, RestartRule.NO);
        }
    }

    private void putBack(ContainerEntry entry, ContainerDetails container, RestartRule now) {
        var held = entry.record.heldRule();
        if (held.isPresent() && held.get().equals(now)) {
            records.save(entry, entry.record.holding(Optional.empty()));
        } else if (held.isPresent()) {
            set(entry, container, held.get());
        }
    }

    private void set(ContainerEntry entry, ContainerDetails container, RestartRule rule) {
        entry.isRuleBeingSet = true;
        entry.lane.add(
                Lane.Kind.KEEPS,
                () -> {
                    try {
                        engine.restartRule(container.id(), rule);
                        loop.execute(() -> {
                            problems.clear("rule", entry.id);
                            entry.isRuleBeingSet = false;
                            look.accept(entry);
                        });
                    } catch (EngineException e) {
                        loop.execute(() -> {
                            entry.isRuleBeingSet = false;
                            refused(entry, container, e);
                        });
                    }
                });
    }

    private void refused(
            ContainerEntry entry, ContainerDetails container, EngineException refused) {
        problems.set(
                "rule",
                entry.id,
                "the restart policy of %s stays %s: %s"
                        .formatted(
                                container.name(), container.restartPolicy(), refused.getMessage()));
        if (refused.kind() == Kind.UNSUPPORTED) {
            nothingToFollow(entry);
        } else {
            lookLater.accept(entry);
        }
    }
}
