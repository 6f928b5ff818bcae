package olympus.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An island on the machines of a {@link Lab}: which of them are servers and which run the agent
 * alone, and what is asked of it as a person would. Threading: by one thread.
 */
final class LabIsland {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(40);
    private static final Pattern TOKEN = Pattern.compile("olympus-(?:agent|join)\\.\\S+");

    private final Lab lab;
    private final Path home;
    private final List<LabMachine> servers = new ArrayList<>();
    private final Map<String, LabMachine> machines = new TreeMap<>();
    private final Map<String, Path> outputs = new TreeMap<>();

    /**
     * @param home an unpacked package, on every machine
     */
    LabIsland(Lab lab, Path home) {
        this.lab = lab;
        this.home = home;
    }

    /** An instance, as {@code olympus status} shows it. */
    record Instance(String id, String node, String state, long pid, long restarts) {

        String service() {
            return id.substring(0, id.lastIndexOf('.'));
        }

        boolean isRunning() {
            return state.equals("running");
        }
    }

    List<String> servers() {
        return servers.stream().map(LabMachine::name).toList();
    }

    List<String> machines() {
        return List.copyOf(machines.keySet());
    }

    LabMachine at(String name) {
        return lab.at(name);
    }

    void addServer(String name) {
        var machine = added(name);
        var listens = "--listen 0.0.0.0:7400 --advertise " + machine.address();
        if (servers.isEmpty()) {
            started(machine, "server " + listens);
        } else {
            started(
                    machine,
                    "server --join https://%s:7400 --token %s %s"
                            .formatted(
                                    servers.getFirst().address(), token("servers add"), listens));
        }
        servers.add(machine);
        awaitMembers(servers.size());
    }

    void addAgent(String name) {
        startAgent(added(name), agentToken(), servers.getFirst().name());
        awaitConnected(name);
    }

    String agentToken() {
        return token("token create --agent");
    }

    /** Plugs in a machine with the package. */
    LabMachine added(String name) {
        var machine = lab.machine(name);
        machine.shell("ln -s %s/olympus /usr/local/bin/olympus".formatted(home));
        machines.put(name, machine);
        return machine;
    }

    /** Has a machine join as a node, let in by this server. */
    void startAgent(LabMachine machine, String token, String server) {
        started(
                machine,
                "agent --server https://%s:7400 --token %s"
                        .formatted(lab.at(server).address(), token));
    }

    /** Takes a machine that only runs the agent out of use, and off. */
    void remove(String name) {
        say("node drain %s --wait 2m".formatted(name), List.of());
        say("node remove %s --yes".formatted(name), List.of());
        lab.at(name).switchOff();
        machines.remove(name);
    }

    private void started(LabMachine machine, String words) {
        outputs.put(machine.name(), machine.start("olympus " + words));
    }

    /** Switches a machine on that was off, and starts what it is. */
    void switchOn(String name) {
        lab.at(name).switchOn();
        startOlympus(name);
    }

    void startOlympus(String name) {
        started(lab.at(name), servers().contains(name) ? "server" : "agent");
    }

    String output(String name) {
        return Installation.read(outputs.getOrDefault(name, home));
    }

    private String token(String command) {
        var made = say(command, List.of());
        var match = TOKEN.matcher(made);
        if (!match.find()) {
            throw new AssertionError("no token in " + made);
        }
        return match.group();
    }

    /** Servers that are on, but for some. */
    private List<LabMachine> asked(List<String> butNot) {
        return servers.stream()
                .filter(LabMachine::isOn)
                .filter(server -> !butNot.contains(server.name()))
                .toList();
    }

    /** What a command prints, once a server answers it. */
    String say(String command, List<String> butNot) {
        var said = new ArrayList<String>();
        for (var attempt = 0; attempt < 20; attempt++) {
            for (var server : asked(butNot)) {
                var ran =
                        server.run(
                                "timeout -k 5 %d olympus %s"
                                        .formatted(ANSWER.toSeconds(), command));
                if (ran.code() == 0) {
                    return ran.output();
                }
                said.add("%s: %d %s".formatted(server.name(), ran.code(), ran.output()));
            }
        }
        throw new AssertionError("olympus %s: %s".formatted(command, said));
    }

    JsonNode json(String command, List<String> butNot) {
        return JSON.readTree(say(command + " -o json", butNot));
    }

    List<Instance> instances(List<String> butNot) {
        var found = new ArrayList<Instance>();
        for (var service : json("status", butNot).path("services")) {
            for (var instance : service.path("instances")) {
                found.add(
                        new Instance(
                                instance.path("instance").asString(),
                                instance.path("node").asString(""),
                                instance.path("state").asString(),
                                instance.path("pid").asLong(0),
                                instance.path("restarts").asLong(0)));
            }
        }
        return found;
    }

    /** The server that leads, as one that is not excluded says; empty while none does. */
    Optional<String> leader(List<String> butNot) {
        return json("servers", butNot)
                .path("servers")
                .valueStream()
                .filter(server -> server.path("leader").asBoolean(false))
                .map(server -> server.path("name").asString())
                .findFirst();
    }

    private void awaitMembers(int count) {
        Eventually.becomes(
                SOON,
                () -> "%d servers: %s".formatted(count, outputs()),
                () ->
                        servers.getFirst().run("olympus servers").code() == 0
                                && json("servers", List.of())
                                                .path("servers")
                                                .valueStream()
                                                .filter(it ->
                                                        it.path("state")
                                                                .asString("")
                                                                .equals("member"))
                                                .count()
                                        == count);
    }

    void awaitConnected(String... names) {
        Eventually.becomes(
                SOON,
                () ->
                        "connected: %s in %s%n%s"
                                .formatted(List.of(names), say("nodes", List.of()), outputs(names)),
                () -> connected().containsAll(List.of(names)));
    }

    private Set<String> connected() {
        var connected = new TreeSet<String>();
        json("nodes", List.of())
                .path("nodes")
                .forEach(node -> {
                    if (node.path("connected").asBoolean()) {
                        connected.add(node.path("node").asString());
                    }
                });
        return connected;
    }

    private String outputs(String... names) {
        var text = new StringBuilder();
        for (var name : names.length == 0 ? outputs.keySet() : List.of(names)) {
            text.append("== ").append(name).append('\n').append(output(name));
        }
        return text.toString();
    }
}
