package olympus.server.foresight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackFolder;
import olympus.model.state.NodeFacts;
import olympus.zeus.Foresight;
import olympus.zeus.Supposition;

/** An island of some nodes, in which suppositions lead to what a test says. */
final class ScriptedIsland implements Foresight {

    static final NodeId MARS = new NodeId(new UUID(7, 1));
    static final NodeId VENUS = new NodeId(new UUID(7, 2));
    static final NodeId EARTH = new NodeId(new UUID(7, 3));

    private final Map<NodeId, String> nodes = new TreeMap<>();
    private final Map<NodeId, Map<String, String>> labels = new HashMap<>();
    private final Map<NodeId, NodeFacts> facts = new HashMap<>();
    private final Map<ServiceId, ServiceDefinition> services = new HashMap<>();
    private Function<Supposition, List<Fate>> fates = _ -> List.of();
    private Function<Supposition, List<Loss>> losses = _ -> List.of();
    private int thoughts;

    /** Mars and venus. */
    static ScriptedIsland ofTwo() {
        return new ScriptedIsland().node(MARS, "mars").node(VENUS, "venus");
    }

    /** Mars, venus and earth. */
    static ScriptedIsland ofThree() {
        return ofTwo().node(EARTH, "earth");
    }

    ScriptedIsland node(NodeId id, String name) {
        nodes.put(id, name);
        return this;
    }

    ScriptedIsland label(NodeId node, String key, String value) {
        labels.computeIfAbsent(node, _ -> new TreeMap<>()).put(key, value);
        return this;
    }

    ScriptedIsland disks(NodeId node, String... mounts) {
        facts.put(
                node,
                new NodeFacts(
                        new NodeFacts.Platform("linux", "amd64", "", ""),
                        new NodeFacts.Processors(2, "", Optional.empty()),
                        1L << 30,
                        List.of(mounts).stream()
                                .map(mount -> new NodeFacts.Disk(mount, "ext4", 1L << 30, 1L << 20))
                                .toList(),
                        List.of(),
                        List.of()));
        return this;
    }

    /** The services of a stack file and the Compose file beside it, as people write them. */
    ScriptedIsland declared(Path folder, String file, String compose) {
        try {
            Files.writeString(folder.resolve(StackFolder.FILE), file);
            Files.writeString(folder.resolve("compose.yaml"), compose);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        switch (StackFolder.load(folder, Map.of())) {
            case StackFolder.Outcome.Loaded loaded ->
                    loaded.definition()
                            .services()
                            .forEach((name, service) ->
                                    services.put(
                                            new ServiceId(new StackName("shop"), name), service));
            case StackFolder.Outcome.Invalid invalid -> throw new AssertionError(invalid.text());
        }
        return this;
    }

    ScriptedIsland leadingTo(Function<Supposition, List<Fate>> told) {
        fates = told;
        return this;
    }

    ScriptedIsland losing(Function<Supposition, List<Loss>> told) {
        losses = told;
        return this;
    }

    /** How many suppositions were thought through. */
    int thoughts() {
        return thoughts;
    }

    static Fate stays(String instance, NodeId node) {
        return fate(instance, node, Outcome.STAYS, Optional.empty(), "");
    }

    static Fate moves(String instance, NodeId node, NodeId target) {
        return fate(instance, node, Outcome.MOVES, Optional.of(target), "its node is lost");
    }

    static Fate waits(String instance, NodeId node, String why) {
        return fate(instance, node, Outcome.WAITS, Optional.empty(), why);
    }

    private static Fate fate(
            String instance, NodeId node, Outcome outcome, Optional<NodeId> target, String why) {
        return new Fate(InstanceId.parse(instance), node, outcome, target, true, why);
    }

    @Override
    public long revision() {
        return 7;
    }

    @Override
    public Instant at() {
        return Instant.EPOCH;
    }

    @Override
    public Duration lossDelay() {
        return Duration.ofSeconds(15);
    }

    @Override
    public Map<NodeId, String> nodes() {
        return nodes;
    }

    @Override
    public boolean isConnected(NodeId node) {
        return true;
    }

    @Override
    public Map<String, String> labels(NodeId node) {
        return labels.getOrDefault(node, Map.of());
    }

    @Override
    public Optional<NodeFacts> facts(NodeId node) {
        return Optional.ofNullable(facts.get(node));
    }

    @Override
    public Optional<ServiceDefinition> definition(ServiceId service) {
        return Optional.ofNullable(services.get(service));
    }

    @Override
    public Forecast suppose(Supposition supposition) {
        thoughts++;
        return new Forecast(fates.apply(supposition), losses.apply(supposition));
    }
}
