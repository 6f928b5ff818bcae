package olympus.cli.discover;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.cli.discover.Finding.Kind;
import olympus.cli.discover.Finding.Severity;
import olympus.cli.discover.Inventory.Listener;

/** Data stores that every machine around can reach. */
final class ListenerFindings {

    /** Ports of programs that mostly need no password, or hold everything. */
    private static final Map<Integer, String> DATA_STORES =
            Map.ofEntries(
                    Map.entry(2375, "Docker without TLS"),
                    Map.entry(2379, "etcd"),
                    Map.entry(3306, "MySQL or MariaDB"),
                    Map.entry(5432, "PostgreSQL"),
                    Map.entry(5984, "CouchDB"),
                    Map.entry(6379, "Redis or Valkey"),
                    Map.entry(7700, "Meilisearch"),
                    Map.entry(8086, "InfluxDB"),
                    Map.entry(9200, "Elasticsearch or OpenSearch"),
                    Map.entry(11211, "memcached"),
                    Map.entry(27017, "MongoDB"));

    private ListenerFindings() {}

    static List<Finding> of(Inventory inventory) {
        var byPort = new TreeMap<Integer, Listener>();
        for (var listener : inventory.listeners()) {
            if (listener.everywhere()
                    && listener.protocol().equals("tcp")
                    && DATA_STORES.containsKey(listener.port())) {
                byPort.putIfAbsent(listener.port(), listener);
            }
        }
        return byPort.values().stream().map(ListenerFindings::finding).toList();
    }

    private static Finding finding(Listener listener) {
        var who = listener.container().or(listener::unit).or(listener::process);
        var inContainer = listener.container().isPresent();
        return Finding.of(
                Severity.AT_RISK,
                Kind.OPEN_DATA_STORE,
                "%s:%d".formatted(listener.protocol(), listener.port()),
                "port %d (usually %s)%s listens on all addresses"
                        .formatted(
                                listener.port(),
                                DATA_STORES.get(listener.port()),
                                who.map(" of "::concat).orElse("")),
                inContainer
                        ? "every machine that reaches this one reaches it, and ports that Docker publishes go round ufw's rules"
                        : "every machine that reaches this one reaches it",
                inContainer
                        ? "publish it as 127.0.0.1:%d:…, or not at all".formatted(listener.port())
                        : "bind it to 127.0.0.1 or to the one address that needs it");
    }
}
