package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.ServiceId;
import olympus.model.json.EnumWords;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.zeus.Directory;

/**
 * Makes a {@link Directory}. Pure; linear in the number of instances.
 *
 * <p>A node that is away counts by its last word until it is recorded as lost: a server that has
 * itself lost its links must not empty the lists of those who ask it.
 */
public final class Directories {

    private final Desired desired;
    private final Observed observed;
    private final long nowNanos;
    private final LastHeard lastHeard;

    private Directories(Desired desired, Observed observed, long nowNanos) {
        this.desired = desired;
        this.observed = observed;
        this.nowNanos = nowNanos;
        this.lastHeard = new LastHeard(desired, observed);
    }

    public static Directory of(Desired desired, Observed observed, long nowNanos) {
        return new Directories(desired, observed, nowNanos).make();
    }

    private Directory make() {
        var services = new ArrayList<Directory.Service>();
        declared().forEach((id, definition) -> services.add(service(id, definition)));
        return new Directory(desired.revision(), unheard(), services);
    }

    private NavigableMap<ServiceId, ServiceDefinition> declared() {
        var all = new TreeMap<ServiceId, ServiceDefinition>();
        desired.stacks()
                .forEach((name, stack) ->
                        stack.current()
                                .ifPresent(definition ->
                                        definition
                                                .services()
                                                .forEach((service, declared) ->
                                                        all.put(
                                                                new ServiceId(name, service),
                                                                declared))));
        return all;
    }

    /** Who may still tell what it runs. */
    private List<String> unheard() {
        return desired.nodes().keySet().stream()
                .filter(node -> observed.node(node).flatMap(Observed.Node::report).isEmpty())
                .filter(node -> !desired.lost().containsKey(node))
                .filter(node ->
                        switch (observed.link(node)) {
                            case Observed.Link.Up _ -> true;
                            case Observed.Link.Down(var lostNanos) -> nowNanos - lostNanos < 0;
                        })
                .map(desired::nodeName)
                .sorted()
                .toList();
    }

    private Directory.Service service(ServiceId id, ServiceDefinition definition) {
        var instances = new ArrayList<Directory.Instance>();
        for (var stored : desired.instancesOf(id).values()) {
            instances.add(instance(stored.value()));
        }
        return new Directory.Service(id, definition.about().labels(), settled(id, instances));
    }

    private Directory.Instance instance(InstanceRecord record) {
        var node = record.placement().node();
        var seen = lastHeard.of(record).filter(one -> one.runToken().equals(record.run().token()));
        var obstacle = obstacle(record, seen);
        return new Directory.Instance(
                record.id(),
                node,
                desired.nodeName(node),
                ports(record),
                seen,
                observed.connected(node) ? Optional.empty() : lastHeard.of(node),
                obstacle.isEmpty(),
                obstacle.orElse(""));
    }

    /** Why it is not to be sent anything. */
    private Optional<String> obstacle(InstanceRecord record, Optional<InstanceObservation> seen) {
        var node = record.placement().node();
        if (record.order().phase().isGoing() || record.order().phase() == Phase.STOP) {
            return Optional.of("it is to end");
        }
        if (!Trials.isPublished(record, desired)) {
            return Optional.of("its rollout sends requests to the other version");
        }
        if (Optional.ofNullable(desired.lost().get(node))
                .filter(lost -> lost.value().heldBack().isEmpty())
                .filter(_ -> !observed.connected(node))
                .isPresent()) {
            return Optional.of("its node is lost");
        }
        if (seen.isEmpty()) {
            return Optional.of("nothing was heard of this run yet");
        }
        var last = seen.get();
        if (last.state() != State.RUNNING) {
            return Optional.of("it is " + EnumWords.of(last.state()));
        }
        return last.isWell()
                ? Optional.empty()
                : Optional.of("its probe says " + EnumWords.of(last.health()));
    }

    /** What is about to leave its node is left alone already, as long as others can do its work. */
    private List<Directory.Instance> settled(ServiceId id, List<Directory.Instance> all) {
        var leaving =
                all.stream()
                        .filter(Directory.Instance::ready)
                        .filter(one -> desired.leaving(id, one.node()).isPresent())
                        .filter(one -> isMovable(id))
                        .toList();
        var others = all.stream().filter(Directory.Instance::ready).count() - leaving.size();
        return others == 0
                ? all
                : all.stream()
                        .map(one -> leaving.contains(one) ? withoutRequests(one) : one)
                        .toList();
    }

    private boolean isMovable(ServiceId id) {
        return desired.declared(id)
                .filter(definition ->
                        Departures.bound(desired, new Neighbours(desired), id, definition)
                                .isEmpty())
                .isPresent();
    }

    private static Directory.Instance withoutRequests(Directory.Instance one) {
        return new Directory.Instance(
                one.id(),
                one.node(),
                one.nodeName(),
                one.ports(),
                one.observed(),
                one.lastHeard(),
                false,
                "it is about to leave its node, which is being emptied");
    }

    private List<Directory.Port> ports(InstanceRecord record) {
        var given = record.placement().ports();
        return desired.definitionOf(record).map(ServiceDefinition::ports).orElse(List.of()).stream()
                .filter(spec -> given.containsKey(spec.name()))
                .map(spec ->
                        new Directory.Port(
                                spec.name(),
                                spec.hostAddress(),
                                port(given, spec.name()),
                                spec.protocol(),
                                spec.target()))
                .toList();
    }

    private static int port(Map<String, Integer> given, String name) {
        return given.getOrDefault(name, 0);
    }
}
