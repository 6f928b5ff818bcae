package olympus.server;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import olympus.cli.ServerCommands;
import olympus.foundation.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program of the commands that run a server in this process. */
public final class OlympusServerMain {

    private static final String VERSION = "olympus " + Version.TEXT;

    private OlympusServerMain() {}

    public static void main(String[] arguments) {
        var clock = Clock.system();
        var uptime = ManagementFactory.getRuntimeMXBean().getUptime();
        var started = clock.monotonicNanos() - uptime * 1_000_000;
        var terminal = new UpOptions.Terminal(System.out, System.err, clock, started);
        var process = new OlympusProcess(System.getenv(), terminal);
        var code = line(process).execute(arguments);
        System.exit(code);
    }

    /** Names no command of its own. */
    @Command(name = "olympus", mixinStandardHelpOptions = true)
    private static final class Root {}

    static CommandLine line(OlympusProcess process) {
        var line = new CommandLine(new Root());
        var orders = new ServerOrders(process);
        ServerCommands.addTo(line, orders);
        ServerCommands.addBelow(line, orders);
        standardOptions(line);
        var debug = !process.environment().getOrDefault("OLYMPUS_DEBUG", "").isEmpty();
        line.setExecutionExceptionHandler(
                (failure, command, _) -> bug(failure, command, process.terminal().err(), debug));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setErr(new PrintWriter(process.terminal().err(), true, StandardCharsets.UTF_8));
        line.setOut(new PrintWriter(process.terminal().out(), true, StandardCharsets.UTF_8));
        return line;
    }

    private static void standardOptions(CommandLine line) {
        for (var command : line.getSubcommands().values()) {
            command.getCommandSpec().mixinStandardHelpOptions(true).version(VERSION);
            standardOptions(command);
        }
    }

    private static int bug(Exception failure, CommandLine command, PrintStream err, boolean debug) {
        err.println(
                "olympus %s: internal error: %s; this is a bug in Olympus, please report it%s"
                        .formatted(
                                command.getCommandName(),
                                failure.toString().lines().findFirst().orElse(""),
                                debug ? "" : " (OLYMPUS_DEBUG=1 prints where)"));
        if (debug) {
            failure.printStackTrace(err);
        }
        return 1;
    }
}
