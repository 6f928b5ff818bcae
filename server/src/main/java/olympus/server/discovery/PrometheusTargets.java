package olympus.server.discovery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.stack.PortSpec;
import olympus.zeus.Directory;

/**
 * The directory in the format of Prometheus' {@code http_sd_configs}: a list with one group for
 * each TCP port of each instance, healthy or not, since one that is down shall be seen to be so.
 * What a job scrapes it chooses by {@code relabel_configs} from the labels.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/http_sd/">Writing HTTP service
 *     discovery</a>
 */
public final class PrometheusTargets {

    private static final String META = "__meta_olympus_";

    private PrometheusTargets() {}

    /**
     * @param targets {@code host:port} each
     */
    public record Group(List<String> targets, Map<String, String> labels) {
        public Group {
            targets = List.copyOf(targets);
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        }
    }

    public static List<Group> of(Directory directory, NodeAddresses addresses) {
        var groups = new ArrayList<Group>();
        for (var service : directory.services()) {
            for (var instance : service.instances()) {
                for (var port : instance.ports()) {
                    if (port.protocol() == PortSpec.Protocol.TCP) {
                        addresses
                                .of(instance, port)
                                .ifPresent(address ->
                                        groups.add(
                                                new Group(
                                                        List.of(
                                                                NodeAddresses.endpoint(
                                                                        address, port.number())),
                                                        labels(service, instance, port))));
                    }
                }
            }
        }
        return groups;
    }

    private static Map<String, String> labels(
            Directory.Service service, Directory.Instance instance, Directory.Port port) {
        var labels = new TreeMap<String, String>();
        labels.put(META + "stack", service.id().stack().value());
        labels.put(META + "service", service.id().service());
        labels.put(META + "instance", instance.id().toString());
        labels.put(META + "node", instance.nodeName());
        labels.put(META + "node_id", instance.node().toString());
        labels.put(META + "port_name", port.name());
        labels.put(META + "port_number", Integer.toString(port.number()));
        port.target().ifPresent(to -> labels.put(META + "port_target", Integer.toString(to)));
        labels.put(META + "ready", Boolean.toString(instance.ready()));
        service.labels()
                .forEach((key, value) -> {
                    var name = key.replaceAll("[^a-zA-Z0-9_]", "_");
                    labels.put(META + "label_" + name, value);
                    labels.put(META + "labelpresent_" + name, "true");
                });
        return labels;
    }
}
