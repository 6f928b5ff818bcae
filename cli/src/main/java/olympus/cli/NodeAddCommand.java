package olympus.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import olympus.cli.discover.SearchPath;
import olympus.cli.remote.AgentPackages;
import olympus.cli.remote.AgentSetup;
import olympus.cli.remote.Ssh;
import olympus.model.state.NodeSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Makes machines that ssh reaches nodes of the island. */
@Command(
        description = {
            "Makes machines that ssh reaches nodes of the island: installs the agent's package, lets the machine in with a token of its own, and starts the unit olympus-agent.",
            "ssh uses its own configuration and keys, and asks nothing; it must get to root, or to somebody whose sudo asks for no password. Machines are worked on side by side, eight at a time; one that fails does not hold up the others, is left without token and unit, and is told (exit code 1)."
        },
        footer =
                "%nExamples:%n  olympus node add --ssh root@venus root@earth --package target/packages%n  olympus node add --ssh pi@10.0.0.7 -l role=pi -l site=attic")
final class NodeAddCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int AT_ONCE = 8;
    private static final int MOST = 100;

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--ssh",
            arity = "1..*",
            required = true,
            paramLabel = "HOST",
            description = "The machines, as ssh knows them: HOST, USER@HOST, ssh://USER@HOST:PORT.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "A label that each of them gets; may be given more than once.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--package",
            paramLabel = "PATH",
            description =
                    "The agent's package, olympus-agent_VERSION_ARCHITECTURE.deb, or a folder with one for each kind of machine. Without it Olympus must be installed there.")
    private @Nullable Path packages;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            description =
                    "The API of a server as these machines reach it; else the address of the one that leads.")
    private @Nullable String server;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "5m",
            description =
                    "How long an installation, and then the way in, may take (default: ${DEFAULT-VALUE}).")
    private String wait = "5m";

    NodeAddCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        var patience = WaitOptions.parsed(wait);
        var machines = machines();
        var wanted = labels();
        var given = Optional.ofNullable(packages).map(this::packages);
        var api = session.api(options);
        var wish =
                new NodeAddition.Wish(
                        NodeAddition.address(api, Optional.ofNullable(server).map(this::address)),
                        wanted,
                        given,
                        patience);
        var slots = new Semaphore(AT_ONCE);
        var tasks = new LinkedHashMap<String, FutureTask<NodeAddition.Added>>();
        machines.forEach((host, ssh) -> {
            var task = new FutureTask<>(() -> added(host, ssh, wish, slots));
            tasks.put(host, task);
            Thread.ofVirtual().start(task);
        });
        var all = new ArrayList<NodeAddition.Added>();
        for (var task : tasks.entrySet()) {
            try {
                all.add(task.getValue().get());
            } catch (ExecutionException e) {
                // The others are told first: what was done there is done.
                all.add(
                        NodeAddition.Added.failed(
                                task.getKey(), "internal error: " + e.getCause()));
            }
        }
        return told(all);
    }

    private NodeAddition.Added added(String host, Ssh ssh, NodeAddition.Wish wish, Semaphore slots)
            throws InterruptedException {
        slots.acquire();
        try {
            return new NodeAddition(
                            session.api(options),
                            host,
                            ssh,
                            wish,
                            progress -> session.remark(host + ": " + progress))
                    .add();
        } finally {
            slots.release();
        }
    }

    private Integer told(List<NodeAddition.Added> all) {
        var document = JSON.createObjectNode();
        var nodes = document.putArray("nodes");
        for (var one : all) {
            var entry = nodes.addObject();
            entry.put("host", one.host());
            entry.put("node", one.node().orElse(null));
            entry.put("problem", one.problem().orElse(null));
        }
        session.print(
                options,
                document,
                _ -> {
                    var table = new Table("HOST", "NODE", "REMARKS");
                    all.forEach(one ->
                            table.row(one.host(), one.node().orElse(""), one.problem().orElse("")));
                    table.print(session.console().out());
                });
        return all.stream().allMatch(one -> one.problem().isEmpty())
                ? ExitCodes.OK
                : ExitCodes.FAILED;
    }

    private Map<String, Ssh> machines() {
        var program =
                SearchPath.find("ssh", session.finder().environment())
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCodes.FAILED,
                                        "there is no ssh on this machine (Debian: apt install openssh-client)"));
        if (hosts.size() > MOST) {
            throw usage("%d machines; at most %d at once".formatted(hosts.size(), MOST));
        }
        if (new HashSet<>(hosts).size() < hosts.size()) {
            throw usage("a machine is named twice: " + String.join(" ", hosts));
        }
        var machines = new LinkedHashMap<String, Ssh>();
        for (var host : hosts) {
            try {
                machines.put(host, new Ssh(program, host));
            } catch (IllegalArgumentException e) {
                throw usage(e.getMessage());
            }
        }
        return machines;
    }

    private Map<String, String> labels() {
        var wanted = new LinkedHashMap<String, String>();
        for (var label : labels) {
            var equals = label.indexOf('=');
            if (equals <= 0) {
                throw usage("not a label: \"%s\"; expected KEY=VALUE".formatted(label));
            }
            var key = label.substring(0, equals);
            var value = label.substring(equals + 1);
            NodeSpec.Label.problem(key, value)
                    .ifPresent(problem -> {
                        throw usage(problem);
                    });
            if (wanted.put(key, value) != null) {
                throw usage("the label %s is given twice".formatted(key));
            }
        }
        return wanted;
    }

    private AgentPackages packages(Path path) {
        try {
            return AgentPackages.at(path);
        } catch (IllegalArgumentException e) {
            throw usage("--package: " + e.getMessage());
        }
    }

    private String address(String text) {
        try {
            var uri = URI.create(text.contains("://") ? text : "https://" + text);
            if ("https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && AgentSetup.isPlain(uri.toString())) {
                return uri.toString();
            }
        } catch (IllegalArgumentException e) {
            throw usage("--server \"%s\": %s".formatted(text, e.getMessage()));
        }
        throw usage(
                "--server \"%s\"; expected an address such as https://10.0.0.1:7400"
                        .formatted(text));
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
