package olympus.server;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import olympus.foundation.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program of the commands that run a server in this process. */
public final class OlympusServerMain {

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
        line.addSubcommand("up", new UpCommand(process));
        line.addSubcommand("demo", new DemoCommand(process));
        line.addSubcommand("store", new StoreCommand(process));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setErr(new PrintWriter(process.terminal().err(), true, StandardCharsets.UTF_8));
        line.setOut(new PrintWriter(process.terminal().out(), true, StandardCharsets.UTF_8));
        return line;
    }
}
