package olympus.server;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.cli.ServerProgram;
import olympus.foundation.OlympusException;
import olympus.server.config.ServerConfiguration;
import olympus.server.config.Settings;

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
        var folder = folder(order.dataFolder());
        var file =
                order.configuration()
                        .or(() ->
                                Optional.of(folder.resolve("olympus-server.yaml"))
                                        .filter(Files::exists));
        var settings = settings("up", file, order.listen());
        if (settings.isEmpty()) {
            return USAGE;
        }
        var options =
                new UpOptions(
                        "up --stack",
                        folder,
                        settings.get(),
                        order.stacks(),
                        order.stopServices(),
                        process.terminal());
        return run("up", options, new DemoAdvice.None());
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
        var folder = folder(order.dataFolder());
        var settings = settings("demo", Optional.empty(), order.listen());
        if (settings.isEmpty()) {
            return USAGE;
        }
        var options =
                new UpOptions(
                        "demo",
                        folder,
                        settings.get(),
                        List.of(example),
                        order.stopServices(),
                        process.terminal());
        var elsewhere = !folder.equals(DataFolder.standard(process.environment()));
        return run("demo", options, new DemoAdvice.Example(elsewhere));
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

    private int run(String command, UpOptions options, DemoAdvice advice) {
        try {
            return process.run(options, up -> advice.print(options, up.unapplied()));
        } catch (OlympusException e) {
            err().println("olympus %s: %s".formatted(command, e.getMessage()));
            return e.code().exitCode();
        }
    }

    /** The configuration, or nothing when what was given is wrong; that has been told then. */
    private Optional<ServerConfiguration> settings(
            String command, Optional<Path> file, Optional<String> listen) {
        var flags = new HashMap<String, String>();
        listen.ifPresent(text -> flags.put(Settings.HTTP_LISTEN.key(), text));
        try {
            return Optional.of(
                    ServerConfiguration.read(file, process.environment(), Map.copyOf(flags)));
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
