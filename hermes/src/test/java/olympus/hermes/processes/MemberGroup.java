package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import olympus.hermes.internal.ratis.TestPeers;
import olympus.hermes.log.Eventually;

/** The members of one store, each in a process of its own. Threading: any. */
final class MemberGroup implements AutoCloseable {

    private static final long STATUS_PATIENCE_SECONDS = 2;

    private final Path folder;
    private final UnaryOperator<MemberLaunch> peculiarity;
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final Map<String, MemberLaunch> launches = new ConcurrentHashMap<>();
    private final Map<String, MemberProcess> running = new ConcurrentHashMap<>();
    private volatile Consumer<String> events = line -> {};

    MemberGroup(Path folder) {
        this(folder, plain -> plain);
    }

    /**
     * A group without members yet.
     *
     * @param peculiarity what its processes have beyond plain ones
     */
    MemberGroup(Path folder, UnaryOperator<MemberLaunch> peculiarity) {
        this.folder = folder;
        this.peculiarity = peculiarity;
    }

    /** Has {@code listener} told what members say unasked. */
    void onEvent(Consumer<String> listener) {
        events = listener;
    }

    /** Founds the group with the first member and adds the others one at a time. */
    void found(String first, String... others) throws IOException {
        names.add(first);
        start(first, false).awaitReady();
        for (var name : others) {
            add(name);
        }
    }

    void add(String name) throws IOException {
        var newcomer = start(name, true);
        var wanted = new ArrayList<>(names);
        wanted.add(name);
        change(wanted);
        newcomer.awaitReady();
        names.add(name);
    }

    /** Takes a member out of the list, after it has handed over if it leads, and ends it. */
    void remove(String name) {
        Eventually.holds(
                name + " does not lead",
                () ->
                        !member(name).leads()
                                || member(name)
                                        .await("transfer " + without(name).getFirst())
                                        .equals("transferred"));
        var wanted = new ArrayList<>(names);
        wanted.remove(name);
        names.remove(name);
        change(wanted);
        member(name).kill();
    }

    /** Whoever leads is asked, again when it does not any more. */
    private void change(List<String> wanted) {
        var list = wanted.stream().map(name -> launch(name).address()).toList();
        Eventually.holds(
                "the members are " + list,
                () -> {
                    var leader = leader();
                    return !leader.isEmpty()
                            && member(leader)
                                    .await("members " + String.join(",", list))
                                    .equals("changed");
                });
    }

    /** Starts the process of a member that was there before. */
    MemberProcess restart(String name) throws IOException {
        return start(name, false);
    }

    MemberProcess start(String name, boolean joins) throws IOException {
        var data = Files.createDirectories(folder.resolve(name)).resolve("hermes");
        var port = launches.containsKey(name) ? launch(name).port() : TestPeers.freePort();
        var launch = peculiarity.apply(MemberLaunch.plain(name, data, port, joins));
        launches.put(name, launch);
        var process =
                MemberProcess.start(
                        launch, folder.resolve(name + ".err"), line -> events.accept(line));
        running.put(name, process);
        return process;
    }

    /** How many members there have ever been. */
    int started() {
        return launches.size();
    }

    List<String> names() {
        return List.copyOf(names);
    }

    MemberLaunch launch(String name) {
        return Objects.requireNonNull(launches.get(name), name);
    }

    MemberProcess member(String name) {
        return Objects.requireNonNull(running.get(name), name);
    }

    /** The member that says that it leads; empty when none does. */
    String leader() {
        return names.stream()
                .filter(name -> status(name).startsWith("status LEADER"))
                .findFirst()
                .orElse("");
    }

    private String status(String name) {
        return member(name)
                .ask("status")
                .completeOnTimeout("", STATUS_PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    String awaitLeader() {
        Eventually.holds("somebody leads", () -> !leader().isEmpty());
        var leader = leader();
        return leader.isEmpty() ? awaitLeader() : leader;
    }

    /** The members but one. */
    List<String> without(String name) {
        return names.stream().filter(other -> !other.equals(name)).toList();
    }

    /** What a member has said on its standard error. */
    String errors(String name) {
        try {
            return Files.readString(folder.resolve(name + ".err"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void assertNoneHasHalted() {
        for (var name : names) {
            assertThat(member(name).await("status")).as(name).endsWith(" -");
        }
    }

    /** Everything that was appended, as one member tells it. */
    List<Integer> appended(String name) {
        var all = new ArrayList<Integer>();
        while (true) {
            var words = member(name).await("stream " + (all.size() + 1)).split(" ");
            assertThat(words[0]).isEqualTo("stream");
            if (words.length == 1) {
                return all;
            }
            for (var n = 1; n < words.length; n++) {
                all.add(Integer.parseInt(words[n]));
            }
        }
    }

    @Override
    public void close() {
        running.values().forEach(MemberProcess::goOn);
        running.values().forEach(MemberProcess::kill);
    }

    @Override
    public String toString() {
        return running.keySet().stream().sorted().collect(Collectors.joining(", "));
    }
}
