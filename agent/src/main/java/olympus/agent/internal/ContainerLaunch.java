package olympus.agent.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import olympus.engine.ComposeLabels;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.ContainerSummary;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.foundation.Clock;
import olympus.model.SecretRef;
import olympus.model.stack.container.Volume;

/**
 * Sees to it that the container of an instance is there and runs: taken as it is, started, made, or
 * made anew. Blocks on the engine; knows no instance's state. Threading: any thread, one at a time
 * for each instance.
 */
final class ContainerLaunch {

    /** Containers that are made or started at a time; what is pulled or built does not count. */
    static final int PARALLEL = 8;

    private final ContainerEngine engine;
    private final Clock clock;
    private final ContainerReplacement replacement;
    private final Semaphore turns = new Semaphore(PARALLEL, true);

    ContainerLaunch(ContainerEngine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
        this.replacement = new ContainerReplacement(engine);
    }

    /**
     * What there is afterwards.
     *
     * @param asItWas whether it ran before and was not touched
     * @param remark what a person should know of it; may be empty
     */
    record Up(ContainerRecord record, ContainerDetails details, boolean asItWas, String remark) {

        Up remarked(String other) {
            return new Up(record, details, asItWas, other);
        }
    }

    /** The container of an instance: the one that is known, else by labels, else by name. */
    Optional<ContainerDetails> find(ContainerRecord record, Optional<ContainerPlan> plan) {
        if (record.isKnown()) {
            var known = engine.find(record.container());
            if (known.isPresent()) {
                return known;
            }
        }
        return plan.flatMap(this::find);
    }

    private Optional<ContainerDetails> find(ContainerPlan plan) {
        var named = engine.find(plan.name()).filter(found -> found.name().equals(plan.name()));
        if (named.isPresent()) {
            return named;
        }
        return engine.list(plan.identity()).stream()
                .map(ContainerSummary::id)
                .map(engine::find)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Throws {@link EngineException}. */
    Up ensure(
            ContainerPlan plan,
            ContainerRecord record,
            Map<SecretRef, String> secrets,
            Consumer<String> progress) {
        var found = findWhole(plan, record, secrets);
        if (found.isEmpty()) {
            var lost = record.isKnown() ? lostVolumes(plan) : List.<String>of();
            var id = create(plan, plan.name(), secrets, Map.of(), progress);
            return startedOrGone(plan, record.of(id, plan.fingerprint())).remarked(made(lost));
        }
        var there = found.get();
        var isNew = !there.id().equals(record.container());
        if (isNew
                || (record.fingerprint().equals(plan.fingerprint()) && isBesideIts(plan, there))) {
            var own = replacement.givenUp(plan, there);
            var kept = record.of(own.id(), plan.fingerprint());
            return isUp(own) ? new Up(kept, own, true, "") : started(plan, kept);
        }
        var successor =
                replacement
                        .successor(plan, record, there, !plan.contents(secrets).isEmpty())
                        .orElseGet(() -> succeed(plan, there, secrets, progress));
        return swap(plan, record, there, successor);
    }

    /** Without what an attempt before left half made, which is removed. */
    private Optional<ContainerDetails> findWhole(
            ContainerPlan plan, ContainerRecord record, Map<SecretRef, String> secrets) {
        var found = find(record, Optional.of(plan));
        var halfMade =
                found.filter(there ->
                        !there.id().equals(record.container())
                                && isUnused(there)
                                && (!isMadeBy(plan, there) || !plan.contents(secrets).isEmpty()));
        if (halfMade.isEmpty()) {
            return found;
        }
        engine.remove(halfMade.get().id(), false);
        return find(record, Optional.of(plan));
    }

    /**
     * Made by Olympus and never started: the rest of an attempt of which the engine's answer was
     * lost. It may lack its files, and what is declared may have changed since.
     */
    static boolean isUnused(ContainerDetails container) {
        return ComposeLabels.isOfOlympus(container.labels()) && !container.state().wasStarted();
    }

    static boolean isMadeBy(ContainerPlan plan, ContainerDetails container) {
        return plan.fingerprint().equals(container.labels().get(ComposeLabels.CONFIG_HASH));
    }

    /** What it had and is not there any more, although nobody here removes volumes. */
    private List<String> lostVolumes(ContainerPlan plan) {
        return plan.volumes().stream()
                .map(Volume::name)
                .filter(name -> engine.volumes().find(name).isEmpty())
                .toList();
    }

    private static String made(List<String> lost) {
        return lost.isEmpty()
                ? ""
                : "another hand removed volume %s: it was made anew and is empty"
                        .formatted(String.join(", ", lost));
    }

    /** Whether the container whose network it shares is still the one that it was made with. */
    private boolean isBesideIts(ContainerPlan plan, ContainerDetails there) {
        var declared = plan.workload().networking().mode().orElse("");
        if (isUp(there) || !declared.startsWith("service:")) {
            return true;
        }
        return there.networkMode().equals("container:" + peers(plan).get(declared));
    }

    static boolean isUp(ContainerDetails container) {
        return container.state().running() && !container.state().restarting();
    }

    private Up started(ContainerPlan plan, ContainerRecord record) {
        try {
            var _ =
                    inTurn(() -> {
                        engine.start(record.container());
                        return true;
                    });
        } catch (EngineException e) {
            if (e.kind() == Kind.PORT_TAKEN) {
                throw new EngineException(Kind.PORT_TAKEN, holders(plan, e), e);
            }
            throw e;
        }
        return new Up(record, engine.inspect(record.container()), false, "");
    }

    /** An engine that is asked for hundreds at once finishes none of them in time. */
    private <T> T inTurn(Supplier<T> work) {
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(
                    Kind.CANCELLED, "interrupted while it waited for its turn", e);
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }

    /** Nothing is left of what was made and cannot be started: the next attempt makes it anew. */
    private Up startedOrGone(ContainerPlan plan, ContainerRecord made) {
        try {
            return started(plan, made);
        } catch (EngineException e) {
            if (isRefused(e)) {
                engine.remove(made.container(), false);
            }
            throw e;
        }
    }

    private static boolean isRefused(EngineException e) {
        return !e.isUnanswered() && e.kind() != Kind.CANCELLED;
    }

    // ---- another container in the place of one

    /** Makes what is to replace a live container, beside it; empty when there is no need to. */
    Optional<String> prepare(
            ContainerPlan plan,
            ContainerRecord record,
            Map<SecretRef, String> secrets,
            Consumer<String> progress) {
        var there = find(record, Optional.of(plan));
        if (there.isPresent()
                && there.get().id().equals(record.container())
                && !record.fingerprint().equals(plan.fingerprint())) {
            replacement.discard(plan, there.get());
            return Optional.of(succeed(plan, there.get(), secrets, progress).id());
        }
        return Optional.empty();
    }

    private ContainerDetails succeed(
            ContainerPlan plan,
            ContainerDetails old,
            Map<SecretRef, String> secrets,
            Consumer<String> progress) {
        var id =
                create(
                        plan,
                        ContainerReplacement.successorName(plan, old),
                        secrets,
                        ContainerReplacement.carried(plan, old),
                        progress);
        return engine.inspect(id);
    }

    private Up swap(
            ContainerPlan plan,
            ContainerRecord record,
            ContainerDetails old,
            ContainerDetails successor) {
        replacement.changePlaces(plan, old, successor);
        var leftovers = new ArrayList<>(record.leftovers());
        leftovers.remove(successor.id());
        leftovers.add(old.id());
        Up up;
        try {
            up = startedOrGone(plan, record.of(successor.id(), plan.fingerprint()));
        } catch (EngineException e) {
            if (isRefused(e)) {
                replacement.rename(engine.inspect(old.id()), plan.name());
            }
            throw e;
        }
        leftovers.removeIf(this::isRemoved);
        return new Up(up.record().withLeftovers(leftovers), up.details(), false, "");
    }

    /** The new one runs: one before it that cannot be removed yet is still owed. */
    private boolean isRemoved(String container) {
        try {
            engine.remove(container, false);
            return true;
        } catch (EngineException owed) {
            return false;
        }
    }

    // ---- make

    private String create(
            ContainerPlan plan,
            String name,
            Map<SecretRef, String> secrets,
            Map<String, String> carried,
            Consumer<String> progress) {
        var workload = plan.workload();
        var image = engine.images().ensure(workload.image(), now(), progress);
        var project = workload.project();
        plan.networks()
                .forEach(network ->
                        engine.networks()
                                .ensure(network, ComposeLabels.network(project, network.key())));
        plan.volumes()
                .forEach(volume ->
                        engine.volumes()
                                .ensure(volume, ComposeLabels.volume(project, volume.key())));
        progress.accept("");
        var creation = plan.creation(name, image.id(), secrets, carried, peers(plan));
        var id = inTurn(() -> engine.create(creation));
        try {
            var contents = plan.contents(secrets);
            if (!contents.isEmpty()) {
                engine.put(id, contents);
            }
        } catch (EngineException e) {
            engine.remove(id, false);
            throw e;
        }
        return id;
    }

    Instant now() {
        return clock.wall();
    }

    Map<String, String> peers(ContainerPlan plan) {
        var peers = new TreeMap<String, String>();
        var project = plan.workload().project().name();
        for (var mode : plan.peers()) {
            var service = mode.substring("service:".length());
            var found =
                    engine
                            .list(
                                    Map.of(
                                            ComposeLabels.PROJECT,
                                            project,
                                            ComposeLabels.SERVICE,
                                            service))
                            .stream()
                            .findFirst();
            peers.put(
                    mode,
                    found.map(ContainerSummary::id)
                            .orElseThrow(() ->
                                    new EngineException(
                                            Kind.OTHER,
                                            "%s shares a namespace with service %s of project %s, of which there is no container"
                                                    .formatted(plan.name(), service, project))));
        }
        return peers;
    }

    /** The engine's words and who holds the port. */
    private String holders(ContainerPlan plan, EngineException refused) {
        var wanted =
                plan.ports().stream()
                        .map(ContainerSummary.PublishedPort::hostPort)
                        .collect(Collectors.toSet());
        for (var other : engine.list(Map.of())) {
            for (var port : other.ports()) {
                if (wanted.contains(port.hostPort())
                        && port.hostPort() > 0
                        && !other.name().equals(plan.name())) {
                    return "port %d is held by container %s"
                            .formatted(port.hostPort(), other.name());
                }
            }
        }
        return PortHolders.heldByOthers(plan.spec())
                .orElseGet(() -> String.valueOf(refused.getMessage()));
    }

    /** What was only watched, or released: nothing of ours stays with it. */
    void giveBack(ContainerRecord record) {
        for (var id : record.leftovers()) {
            engine.remove(id, false);
        }
        if (record.heldRule().isPresent() && engine.find(record.container()).isPresent()) {
            engine.restartRule(record.container(), record.heldRule().get());
        }
    }

    /**
     * Ends and removes a container and what was made only for it, with what was made for the same
     * instance and is not known any more; volumes stay.
     */
    void remove(ContainerRecord record, Optional<ContainerPlan> plan, boolean evenRunning) {
        plan.ifPresent(of -> replacement.removeOthers(of, record));
        for (var id : record.leftovers()) {
            engine.remove(id, evenRunning);
        }
        if (record.isKnown()) {
            engine.remove(record.container(), evenRunning);
        }
        for (var name : record.networks()) {
            var network = engine.networks().find(name);
            if (network.filter(
                            found ->
                                    found.labels().containsKey(ComposeLabels.NETWORK)
                                            && found.containers().isEmpty())
                    .isPresent()) {
                var _ = engine.networks().removeUnused(name);
            }
        }
    }
}
