package olympus.server;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import olympus.cli.ServerProgram;
import olympus.foundation.OlympusException;
import olympus.server.config.ServerConfiguration;
import olympus.server.config.ServerConfiguration.Purpose;
import olympus.server.group.ServerFile;

/** Carries out the commands that run inside this program. */
final class ServerOrders implements ServerProgram {

    private static final String EXAMPLE = "examples/first-stack";

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final OlympusProcess process;

    ServerOrders(OlympusProcess process) {
        this.process = process;
    }

    @Override
    public int up(Up order) {
        try {
            return up("up", order, purpose(order));
        } catch (OlympusException e) {
            err().println("olympus up: " + e.getMessage());
            return e.code().exitCode();
        }
    }

    /** A server that others reach over the network goes on being one, whatever starts it. */
    private Purpose purpose(Up order) {
        if (order.join().isPresent()) {
            return Purpose.TRIAL;
        }
        return ServerFile.read(folder(order.dataFolder()))
                .map(file -> file.isOnLoopback() ? Purpose.TRIAL : Purpose.SEVERAL)
                .orElse(Purpose.ALONE);
    }

    @Override
    public int server(Up order) {
        return up("server", order, Purpose.SEVERAL);
    }

    private int up(String command, Up order, Purpose purpose) {
        var folder = folder(order.dataFolder());
        var file =
                order.configuration()
                        .or(() ->
                                Optional.of(folder.resolve(ServerSettingsFile.NAME))
                                        .filter(Files::exists));
        var settings = settings(command, file, order.listen(), purpose);
        if (settings.isEmpty()) {
            return USAGE;
        }
        try {
            new JoinOrder(folder, order, settings.get(), process.terminal()).carryOut();
        } catch (OlympusException e) {
            err().println("olympus %s: %s".formatted(command, e.getMessage()));
            return e.code().exitCode();
        }
        var options =
                new UpOptions(
                        command + " --stack",
                        folder,
                        settings.get(),
                        order.stacks(),
                        order.stopServices(),
                        process.terminal());
        return run(command, options, _ -> {}, () -> {});
    }

    @Override
    public int agent(AgentStart order) {
        var folder = folder(order.dataFolder());
        var settings =
                settings("agent", Optional.empty(), Listen.api(Optional.empty()), Purpose.ALONE);
        if (settings.isEmpty()) {
            return USAGE;
        }
        try {
            var again = new AgentOrder(folder, order, process.terminal()).carryOut();
            return process.run(
                    new AgentOptions(
                            folder,
                            settings.get(),
                            again,
                            order.advertise(),
                            order.stopServices(),
                            process.terminal()));
        } catch (OlympusException e) {
            err().println("olympus agent: " + e.getMessage());
            return e.code().exitCode();
        }
    }

    @Override
    public int demo(Demo order) {
        var home = Path.of(Optional.ofNullable(System.getProperty("olympus.home")).orElse("."));
        var example = home.resolve(EXAMPLE);
        if (!Files.isDirectory(example)) {
            err().println(
                            "olympus demo: there is no %s; run it from a checkout with ./olympus demo"
                                    .formatted(example));
            return FAILED;
        }
        return order.servers() == 1 ? demoAlone(order, example) : demoSeveral(order, home, example);
    }

    private int demoAlone(Demo order, Path example) {
        var folder = folder(order.dataFolder());
        var settings =
                settings("demo", Optional.empty(), Listen.api(order.listen()), Purpose.ALONE);
        if (settings.isEmpty()) {
            return USAGE;
        }
        var options = demo(order, settings.get(), example);
        var advice = new DemoAdvice(elsewhere(folder));
        return run("demo", options, up -> advice.print(options, up.unapplied()), () -> {});
    }

    private int demoSeveral(Demo order, Path home, Path example) {
        try {
            var folder = folder(order.dataFolder());
            var servers = DemoServers.of(order, folder, home);
            var settings =
                    settings("demo", Optional.empty(), servers.listenOfFirst(), Purpose.TRIAL);
            if (settings.isEmpty()) {
                return USAGE;
            }
            var options = demo(order, settings.get(), example);
            var advice = new DemoAdvice(elsewhere(folder));
            return run(
                    "demo",
                    options,
                    up -> {
                        advice.print(options, up.unapplied());
                        servers.start(options.terminal());
                    },
                    servers::end);
        } catch (OlympusException e) {
            err().println("olympus demo: " + e.getMessage());
            return e.code().exitCode();
        }
    }

    private UpOptions demo(Demo order, ServerConfiguration settings, Path example) {
        return new UpOptions(
                "demo",
                folder(order.dataFolder()),
                settings,
                List.of(example),
                order.stopServices(),
                process.terminal());
    }

    private boolean elsewhere(Path folder) {
        return !folder.equals(DataFolder.standard(process.environment()));
    }

    @Override
    public int store(Store order) {
        var terminal = process.terminal();
        return new StoreExamination(folder(order.dataFolder()), order.output(), terminal)
                .run(order.action());
    }

    @Override
    public int recover(Offline order) {
        return new StoreRecovery(folder(order.dataFolder()), order, process.terminal()).run();
    }

    @Override
    public int restore(Path snapshot, Offline order) {
        return new SnapshotRestore(folder(order.dataFolder()), snapshot, order, process.terminal())
                .run();
    }

    private int run(
            String command, UpOptions options, Consumer<UpComposition> started, Runnable ending) {
        try {
            return process.run(options, started, ending);
        } catch (OlympusException e) {
            err().println("olympus %s: %s".formatted(command, e.getMessage()));
            return e.code().exitCode();
        }
    }

    /** The configuration, or nothing when what was given is wrong; that has been told then. */
    private Optional<ServerConfiguration> settings(
            String command, Optional<Path> file, Listen listen, Purpose purpose) {
        try {
            return Optional.of(
                    ServerConfiguration.read(
                            file, process.environment(), ServerSettingsFile.of(listen), purpose));
        } catch (OlympusException e) {
            err().println("olympus %s: %s".formatted(command, e.getMessage()));
            return Optional.empty();
        }
    }

    private Path folder(Optional<Path> given) {
        var environment = process.environment();
        return given.or(() ->
                        Optional.ofNullable(environment.get("OLYMPUS_DATA_DIR"))
                                .filter(text -> !text.isBlank())
                                .map(Path::of))
                .orElseGet(() -> DataFolder.standard(environment));
    }

    private PrintStream err() {
        return process.terminal().err();
    }
}
