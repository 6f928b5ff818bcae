package olympus.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** The commands that run inside the server's program: the launcher starts them with its classes. */
public final class ServerCommands {

    private ServerCommands() {}

    /** Adds them to {@code line}; {@code program} does the work. */
    public static void addTo(CommandLine line, ServerProgram program) {
        line.addSubcommand("up", new UpCommand(program));
        line.addSubcommand("server", new ServerCommand(program));
        line.addSubcommand("agent", new AgentCommand(program));
        line.addSubcommand("demo", new DemoCommand(program));
        line.addSubcommand("store", new StoreCommand(program));
    }

    /**
     * Adds those that stand below a command which otherwise belongs to the command line; below a
     * bare one where {@code line} does not have that.
     */
    public static void addBelow(CommandLine line, ServerProgram program) {
        below(line, "servers").addSubcommand("recover", new ServersRecoverCommand(program));
        below(line, "snapshot").addSubcommand("restore", new SnapshotRestoreCommand(program));
    }

    private static CommandLine below(CommandLine line, String name) {
        var known = line.getSubcommands().get(name);
        if (known != null) {
            return known;
        }
        var bare = new CommandLine(new Bare());
        line.addSubcommand(name, bare);
        return bare;
    }

    /** A command that only holds others. */
    @CommandLine.Command(description = "What is done while no process has the data folder.")
    private static final class Bare {}

    /** Their names. */
    static List<String> names() {
        return List.of("up", "server", "agent", "demo", "store");
    }

    /** Stands for the server's program where that is not: the launcher was by-passed. */
    static ServerProgram elsewhere() {
        return new ServerProgram() {
            @Override
            public int up(Up order) {
                throw byPassed("up");
            }

            @Override
            public int server(Up order) {
                throw byPassed("server");
            }

            @Override
            public int agent(AgentStart order) {
                throw byPassed("agent");
            }

            @Override
            public int demo(Demo order) {
                throw byPassed("demo");
            }

            @Override
            public int store(Store order) {
                throw byPassed("store");
            }

            @Override
            public int recover(Offline order) {
                throw byPassed("servers recover");
            }

            @Override
            public int restore(Path snapshot, Offline order) {
                throw byPassed("snapshot restore");
            }
        };
    }

    private static CommandFailure byPassed(String name) {
        return new CommandFailure(
                ExitCodes.USAGE,
                "\"%s\" is part of the server's program: start it with the olympus launcher"
                        .formatted(name));
    }
}
