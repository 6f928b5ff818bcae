package olympus.server.group;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.server.problems.Problems;
import olympus.server.store.Projection;

/**
 * The servers of the island as this one knows them: the records of the store, followed.
 *
 * <p>Threading: any thread; listeners are called on the projection's loop.
 */
public final class KnownServers implements Projection.Receiver<ServerRecord> {

    private final Hermes hermes;
    private final Map<Key, ServerRecord> records = new ConcurrentHashMap<>();
    private final Set<Consumer<List<ServerRecord>>> listeners = new CopyOnWriteArraySet<>();

    private volatile boolean listed;

    public KnownServers(Hermes hermes) {
        this.hermes = hermes;
    }

    /** Begins to follow the store; the caller closes what is returned. */
    public Projection follow(Problems problems) {
        var source =
                new Projection.Source<>(
                        "servers",
                        hermes,
                        ServerRecord.PREFIX,
                        value -> ServerRecord.CODEC.decode(value.unsafeArray()));
        return Projection.start(source, this, problems);
    }

    /** Whether all of them were read once. */
    public boolean isListed() {
        return listed;
    }

    /** All, by member name. */
    public List<ServerRecord> all() {
        return records.values().stream()
                .sorted(Comparator.comparing(ServerRecord::member))
                .toList();
    }

    public Optional<ServerRecord> find(String member) {
        return Optional.ofNullable(records.get(ServerRecord.PREFIX.child(member)));
    }

    /** Where the API of each other than {@code member} is, in words. */
    public String reachedBeside(Optional<String> member) {
        return all().stream()
                .filter(server -> !member.equals(Optional.of(server.member())))
                .map(server -> "%s at %s".formatted(server.name(), server.api()))
                .collect(Collectors.joining(", "));
    }

    /** The one that leads, as far as this server knows. */
    public Optional<ServerRecord> leader() {
        return hermes.status().leader().flatMap(this::find);
    }

    /** Calls {@code listener} now and after every change; what is returned ends that. */
    public Runnable onChange(Consumer<List<ServerRecord>> listener) {
        listeners.add(listener);
        listener.accept(all());
        return () -> listeners.remove(listener);
    }

    @Override
    public void listed(Map<Key, ServerRecord> all) {
        records.keySet().retainAll(all.keySet());
        records.putAll(all);
        listed = true;
        tell();
    }

    @Override
    public void put(Key key, ServerRecord server) {
        records.put(key, server);
        tell();
    }

    @Override
    public void deleted(Key key) {
        records.remove(key);
        tell();
    }

    private void tell() {
        var all = all();
        listeners.forEach(listener -> listener.accept(all));
    }
}
