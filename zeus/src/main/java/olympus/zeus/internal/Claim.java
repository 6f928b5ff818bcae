package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceSpec;
import olympus.model.state.ServiceState;
import olympus.model.state.StackPointer;
import olympus.model.state.StackRevision;

/**
 * The taking over of what agents hold of one stack: its declaration "as found running" becomes a
 * revision, its instances become records with the nodes, ports and run tokens that they have. The
 * order that a person gives (apply, remove) is built on top and written in the same transaction, so
 * that what does not change is not restarted, and what changes is replaced as any update is. Pure.
 *
 * @param desired what is stored, as it is once this is written
 * @param taken the instances taken over, none when there is nothing to claim
 */
record Claim(
        Desired desired,
        List<InstanceId> taken,
        List<Condition> conditions,
        List<Operation> operations) {

    private static final String STOPPED_BY = "stopped by ";

    static Claim none(Desired desired) {
        return new Claim(desired, List.of(), List.of(), List.of());
    }

    /** Of what is stored and reported about {@code stack}. */
    static Claim of(StackName stack, Desired desired, Observed observed, Instant now) {
        var held = Unclaimed.of(stack, desired, observed);
        return held.isEmpty() ? none(desired) : new Making(stack, desired, held, now).claim();
    }

    /** The claim and what is ordered on top of it, as one write: the later value of a key stays. */
    <T> WriteQueue.Write<T> with(WriteQueue.Write<T> order) {
        if (taken.isEmpty()) {
            return order;
        }
        var puts = new LinkedHashMap<Key, Operation>();
        var others = new ArrayList<Operation>();
        var all = new ArrayList<>(operations);
        all.addAll(order.operations());
        for (var operation : all) {
            if (operation instanceof Operation.Put put) {
                puts.put(put.key(), put);
            } else {
                others.add(operation);
            }
        }
        var together = new ArrayList<>(puts.values());
        together.addAll(others);
        var conditionsOnce = new LinkedHashSet<>(conditions);
        conditionsOnce.addAll(order.conditions());
        return new WriteQueue.Write<>(List.copyOf(conditionsOnce), together, order.answer());
    }

    /** How many instances of a service are taken over. */
    int takenOf(ServiceId service) {
        return (int) taken.stream().filter(id -> id.service().equals(service)).count();
    }

    /** One claim while it is made. */
    private static final class Making {
        private final StackName stack;
        private final Desired before;
        private final NavigableMap<InstanceId, Unclaimed.Held> held;
        private final Instant now;
        private final long revision;
        private final List<Condition> conditions = new ArrayList<>();
        private final List<Operation> operations = new ArrayList<>();
        private final Map<ServiceId, InstanceSpec> models = new TreeMap<>();

        Making(
                StackName stack,
                Desired before,
                NavigableMap<InstanceId, Unclaimed.Held> held,
                Instant now) {
            this.stack = stack;
            this.before = before;
            this.held = held;
            this.now = now;
            this.revision = StackChanges.nextNumber(stack, before);
            for (var one : held.values()) {
                models.merge(one.spec().id().service(), one.spec(), Making::betterModel);
            }
        }

        /** The specification that stands for the service: one that is to run, if there is one. */
        private static InstanceSpec betterModel(InstanceSpec first, InstanceSpec other) {
            return first.desired() == InstanceSpec.Desired.STOP
                            && other.desired() != InstanceSpec.Desired.STOP
                    ? other
                    : first;
        }

        Claim claim() {
            var stacks = new TreeMap<>(before.stacks());
            stacks.put(stack, records());
            var services = new TreeMap<>(before.services());
            models.keySet().forEach(service -> state(service, services));
            var instances = new TreeMap<>(before.instances());
            held.values().forEach(one -> instance(one, instances, services));
            operations.add(
                    StackChanges.append(
                            new Decision(
                                    now,
                                    StepWriter.ZEUS,
                                    "take over",
                                    stack.value(),
                                    "",
                                    "agents run it by orders that the store has lost",
                                    "%d instances as found, revision %d"
                                            .formatted(held.size(), revision))));
            return new Claim(
                    new Desired(
                            before.revision(),
                            before.incarnation(),
                            Collections.unmodifiableNavigableMap(stacks),
                            services,
                            instances,
                            before.nodes(),
                            before.away(),
                            before.specs(),
                            before.external(),
                            before.lost(),
                            before.pauses()),
                    List.copyOf(held.keySet()),
                    conditions,
                    operations);
        }

        private Desired.StackRecords records() {
            var stored = Optional.ofNullable(before.stacks().get(stack));
            var pointer = stored.flatMap(Desired.StackRecords::pointer);
            var found =
                    new StackRevision(
                            revision, now, StepWriter.ZEUS, "", summary(), definition(stored));
            operations.add(
                    new Operation.Put(
                            ZeusKeys.revision(stack, revision),
                            Bytes.wrap(Codecs.STACK_REVISION.encodeBytes(found))));
            var revisions =
                    new TreeMap<>(
                            stored.map(Desired.StackRecords::revisions).orElseGet(TreeMap::new));
            revisions.put(revision, found);
            // Not written: what is ordered on top writes the pointer.
            var next = StackPointer.to(stack, revision, now, StepWriter.ZEUS, Optional.empty());
            return new Desired.StackRecords(
                    Optional.of(new Versioned<>(next, pointer.map(Versioned::revision).orElse(0L))),
                    revisions);
        }

        private String summary() {
            return "as found running: "
                    + models.keySet().stream()
                            .map(ServiceId::service)
                            .collect(Collectors.joining(", "));
        }

        private StackDefinition definition(Optional<Desired.StackRecords> stored) {
            var services = new TreeMap<String, ServiceDefinition>();
            stored.flatMap(Desired.StackRecords::current)
                    .ifPresent(known -> services.putAll(known.services()));
            models.forEach((service, spec) -> services.put(service.service(), spec.definition()));
            return new StackDefinition(stack, StackDefinition.Mode.MANAGE, directory(), services);
        }

        private String directory() {
            return models.values().iterator().next().directory();
        }

        private void state(ServiceId service, Map<ServiceId, Versioned<ServiceState>> services) {
            var known = before.state(service);
            var differ =
                    held.values().stream().anyMatch(one -> isOf(service, one) && isBehind(one));
            var rollout =
                    new ServiceState.Rollout(
                            ServiceState.Cause.UPDATE,
                            revision,
                            StepWriter.ZEUS,
                            now,
                            Optional.empty(),
                            false);
            var next =
                    new ServiceState(
                            service,
                            known.generation() + (differ ? 1 : 0),
                            hold(service),
                            differ ? Optional.of(rollout) : Optional.empty());
            if (!next.equals(known)) {
                StackChanges.putState(next, before, conditions, operations);
                services.put(service, new Versioned<>(next, before.stateRevision(service)));
            }
        }

        private static boolean isOf(ServiceId service, Unclaimed.Held one) {
            return one.spec().id().service().equals(service);
        }

        /** Whether an update had not reached it when the store lost that update. */
        private boolean isBehind(Unclaimed.Held one) {
            var model = models.get(one.spec().id().service());
            return model != null
                    && (StackDifference.needsReplacement(
                                    one.spec().definition(), model.definition())
                            || !one.spec().directory().equals(directory()));
        }

        private Optional<ServiceState.Hold> hold(ServiceId service) {
            return held.values().stream()
                    .filter(one -> isOf(service, one) && isStoppedByHand(one.spec()))
                    .map(one -> one.spec().desiredReason().orElse(""))
                    .map(reason -> reason.substring(STOPPED_BY.length()))
                    .map(by -> new ServiceState.Hold(by, now))
                    .findFirst();
        }

        private static boolean isStoppedByHand(InstanceSpec spec) {
            return spec.desired() == InstanceSpec.Desired.STOP
                    && spec.desiredReason().orElse("").startsWith(STOPPED_BY);
        }

        private void instance(
                Unclaimed.Held one,
                Map<ServiceId, NavigableMap<Integer, Versioned<InstanceRecord>>> instances,
                Map<ServiceId, Versioned<ServiceState>> services) {
            var id = one.spec().id();
            var state =
                    Optional.ofNullable(services.get(id.service()))
                            .map(Versioned::value)
                            .orElseGet(() -> ServiceState.initial(id.service()));
            var run =
                    new InstanceRecord.Run(
                            one.spec().runToken(),
                            state.generation() - (isBehind(one) ? 1 : 0),
                            revision,
                            true);
            var record =
                    new InstanceRecord(
                            id,
                            new InstanceRecord.Placement(one.node(), one.spec().ports(), List.of()),
                            run,
                            order(one.spec()));
            var written = before.instance(id).map(Versioned::revision).orElse(0L);
            var key = ZeusKeys.instance(id);
            conditions.add(new Condition.RevisionIs(key, written));
            operations.add(
                    new Operation.Put(key, Bytes.wrap(Codecs.INSTANCE_RECORD.encodeBytes(record))));
            var ofService = new TreeMap<>(before.instancesOf(id.service()));
            ofService.putAll(instances.getOrDefault(id.service(), ofService));
            ofService.put(id.ordinal(), new Versioned<>(record, written));
            instances.put(id.service(), ofService);
        }

        private InstanceRecord.Order order(InstanceSpec spec) {
            var phase =
                    switch (spec.desired()) {
                        case RUN, WATCH -> InstanceRecord.Phase.RUN;
                        case HOLD -> InstanceRecord.Phase.WAITING;
                        case STOP ->
                                isStoppedByHand(spec)
                                        ? InstanceRecord.Phase.STOP
                                        : InstanceRecord.Phase.RETIRE;
                        case RELEASE -> InstanceRecord.Phase.LEAVE;
                    };
            return new InstanceRecord.Order(phase, spec.desiredReason().orElse(""), now);
        }
    }
}
