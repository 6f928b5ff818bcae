package olympus.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.server.deadline.Deadline;
import olympus.server.group.ServerRecord;

/**
 * Servers in one process, each with the real API on a port of its own, keys of one island, and a
 * member of one store; who leads is said by the test.
 */
final class ServersOfOneIsland implements AutoCloseable {

    private final Path folder;
    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});
    final HermesNode store = HermesNode.inMemory(loop, Clock.system());
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Map<Key, ServerRecord> records = new LinkedHashMap<>();

    /** One of them. */
    record Server(RunningApi api, LedStore member, ScriptedCommands commands) {}

    ServersOfOneIsland(Path folder, String... names) throws Exception {
        this.folder = folder;
        store.ready().toCompletableFuture().get();
        for (var name : names) {
            start(name);
        }
    }

    private void start(String name) throws Exception {
        var data = folder.resolve(name);
        if (!servers.isEmpty()) {
            joined(folder.resolve(servers.keySet().iterator().next()), data);
        }
        var member = new LedStore(store);
        var commands = new ScriptedCommands();
        var api = new RunningApi(name, data, member, commands, 3);
        servers.put(name, new Server(api, member, commands));
        isAt(name, "https://127.0.0.1:" + api.api.address().getPort());
    }

    /** What a newcomer is given: the keys of the island and the administrator's token. */
    private static void joined(Path first, Path newcomer) throws IOException {
        Files.createDirectories(newcomer);
        try (var files = Files.walk(first)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = first.relativize(file);
                if (name.startsWith("keys") || name.toString().equals("admin.token")) {
                    var copy = newcomer.resolve(name);
                    Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                    Files.copy(file, copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** Has all servers know where the API of {@code name} is. */
    void isAt(String name, String api) {
        var entry =
                new ServerRecord(
                        name,
                        NodeId.parse("6d9dd7a2-6a06-4f7c-9c5a-0f3d5b3c9c11"),
                        name,
                        Optional.empty(),
                        Optional.empty(),
                        api,
                        "0.1.0",
                        Optional.of(2),
                        Instant.EPOCH,
                        ServerRecord.State.MEMBER,
                        Optional.empty());
        records.put(entry.key(), entry);
        servers.values().forEach(server -> server.api().servers.listed(Map.copyOf(records)));
    }

    Server server(String name) {
        return Objects.requireNonNull(servers.get(name), name);
    }

    /** Has {@code name} lead and all others know it. */
    void leads(String name) {
        servers.forEach((other, server) -> {
            if (other.equals(name)) {
                server.member().leads(name);
            } else {
                server.member().follows(name);
            }
        });
    }

    void nobodyLeads() {
        servers.values().forEach(server -> server.member().knowsNoLeader());
    }

    List<AuditEntry> audited() {
        var entries = new ArrayList<AuditEntry>();
        new AuditStream(store, new Deadline(Duration.ofSeconds(20)))
                .newest(100)
                .forEach(entries::add);
        return entries;
    }

    @Override
    public void close() {
        servers.values().forEach(server -> server.api().close());
        loop.close();
    }
}
