package olympus.engine.internal;

import static olympus.engine.internal.EngineCalls.quote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.Networks;
import olympus.engine.internal.EngineCalls.Call;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking.Attachment;
import tools.jackson.databind.JsonNode;

/** Networks by the engine's API. */
final class HttpNetworks implements Networks {

    private final EngineCalls calls;

    /** Engines make two networks of the same name when asked twice at the same time. */
    private final ReentrantLock making = new ReentrantLock();

    HttpNetworks(EngineCalls calls) {
        this.calls = calls;
    }

    @Override
    public List<Seen> list() {
        return calls.json(Call.get("/networks"), Attempt.other("list networks")).values().stream()
                .map(HttpNetworks::seen)
                .toList();
    }

    private static Seen seen(JsonNode node) {
        return new Seen(
                Json.text(node, "Id"),
                Json.text(node, "Name"),
                Json.text(node, "Driver"),
                Json.flag(node, "Internal"),
                Json.map(node.path("Labels")),
                node.path("Containers").values().stream()
                        .map(container -> Json.text(container, "Name"))
                        .toList());
    }

    /** A name may also be the beginning of an id of another network. */
    @Override
    public Optional<Seen> find(String name) {
        try {
            return Optional.of(
                            seen(
                                    calls.json(
                                            Call.get("/networks/" + quote(name)),
                                            Attempt.other("look at network " + name))))
                    .filter(found -> found.name().equals(name));
        } catch (EngineException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void ensure(Network network, Map<String, String> labels) {
        if (find(network.name()).isPresent()) {
            return;
        }
        making.lock();
        try {
            make(network, labels);
        } finally {
            making.unlock();
        }
    }

    private void make(Network network, Map<String, String> labels) {
        if (find(network.name()).isPresent()) {
            return;
        }
        if (network.external()) {
            throw new EngineException(
                    Kind.NOT_FOUND,
                    "network %s is declared as external, but is not there"
                            .formatted(network.name()));
        }
        try {
            calls.json(
                    Call.post("/networks/create", body(network, labels)),
                    Attempt.other("create network " + network.name()));
        } catch (EngineException e) {
            // Somebody else made it at the same time.
            if (find(network.name()).isEmpty()) {
                throw e;
            }
        }
    }

    private static Map<String, Object> body(Network network, Map<String, String> labels) {
        var body = new LinkedHashMap<String, Object>();
        body.put("Name", network.name());
        body.put("CheckDuplicate", true);
        body.put("Driver", network.driver().orElse("bridge"));
        body.put("Internal", network.internal());
        body.put("Attachable", network.attachable());
        body.put("EnableIPv6", network.ipv6());
        body.put("Options", network.driverOptions());
        var all = new TreeMap<>(network.labels());
        all.putAll(labels);
        body.put("Labels", all);
        network.ipam().ifPresent(ipam -> body.put("IPAM", ipam(ipam)));
        return body;
    }

    private static Map<String, Object> ipam(Network.Ipam ipam) {
        var subnets = new ArrayList<Map<String, Object>>();
        for (var subnet : ipam.subnets()) {
            var one = new LinkedHashMap<String, Object>();
            one.put("Subnet", subnet.subnet());
            subnet.gateway().ifPresent(address -> one.put("Gateway", address));
            subnet.ipRange().ifPresent(range -> one.put("IPRange", range));
            if (!subnet.auxiliaryAddresses().isEmpty()) {
                one.put("AuxiliaryAddresses", subnet.auxiliaryAddresses());
            }
            subnets.add(one);
        }
        return Map.of("Driver", ipam.driver().orElse("default"), "Config", subnets);
    }

    @Override
    public void connect(
            Attachment attachment, String container, List<String> aliases, List<String> links) {
        calls.json(
                Call.post(
                        "/networks/%s/connect".formatted(quote(attachment.network().name())),
                        Map.of(
                                "Container",
                                container,
                                "EndpointConfig",
                                CreateBody.endpoint(attachment, aliases, links))),
                Attempt.other(
                        "connect container %s to network %s"
                                .formatted(container, attachment.network().name())));
    }

    @Override
    public boolean removeUnused(String name) {
        try {
            calls.json(
                    Call.delete("/networks/" + quote(name)),
                    Attempt.other("remove network " + name));
            return true;
        } catch (EngineException e) {
            if (e.isUnanswered() || e.kind() == Kind.CANCELLED) {
                throw e;
            }
            return false;
        }
    }
}
