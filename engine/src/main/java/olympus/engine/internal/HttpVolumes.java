package olympus.engine.internal;

import static olympus.engine.internal.EngineCalls.quote;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.Volumes;
import olympus.engine.internal.EngineCalls.Call;
import olympus.model.stack.container.Volume;
import tools.jackson.databind.JsonNode;

/** Volumes by the engine's API. */
final class HttpVolumes implements Volumes {

    private static final Duration ADDING_UP = Duration.ofSeconds(20);

    private final EngineCalls calls;

    HttpVolumes(EngineCalls calls) {
        this.calls = calls;
    }

    @Override
    public List<Seen> list() {
        return calls
                .json(Call.get("/volumes"), Attempt.other("list volumes"))
                .path("Volumes")
                .values()
                .stream()
                .map(HttpVolumes::seen)
                .toList();
    }

    private static Seen seen(JsonNode node) {
        return new Seen(
                Json.text(node, "Name"),
                Json.text(node, "Driver"),
                Json.text(node, "Mountpoint"),
                Json.map(node.path("Labels")));
    }

    @Override
    public Optional<Seen> find(String name) {
        try {
            return Optional.of(
                    seen(
                            calls.json(
                                    Call.get("/volumes/" + quote(name)),
                                    Attempt.other("look at volume " + name))));
        } catch (EngineException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void ensure(Volume volume, Map<String, String> labels) {
        if (find(volume.name()).isPresent()) {
            return;
        }
        if (volume.external()) {
            throw new EngineException(
                    Kind.NOT_FOUND,
                    "volume %s is declared as external, but is not there".formatted(volume.name()));
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("Name", volume.name());
        body.put("Driver", volume.driver().orElse("local"));
        body.put("DriverOpts", volume.driverOptions());
        var all = new TreeMap<>(volume.labels());
        all.putAll(labels);
        body.put("Labels", all);
        calls.json(
                Call.post("/volumes/create", body),
                Attempt.other("create volume " + volume.name()));
    }

    @Override
    public boolean remove(String name) {
        try {
            calls.json(
                    Call.delete("/volumes/" + quote(name)), Attempt.other("remove volume " + name));
            return true;
        } catch (EngineException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public Map<String, Long> sizes() {
        var usage =
                calls.json(
                        Call.get("/system/df?type=volume"),
                        Attempt.other("ask how large volumes are"),
                        ADDING_UP);
        var sizes = new TreeMap<String, Long>();
        for (var volume : usage.path("Volumes").values()) {
            var size = volume.path("UsageData").path("Size").asLong(-1);
            if (size >= 0) {
                sizes.put(Json.text(volume, "Name"), size);
            }
        }
        return sizes;
    }
}
