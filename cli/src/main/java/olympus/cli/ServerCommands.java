package olympus.cli;

import java.util.List;
import picocli.CommandLine;

/** The commands that run inside the server's program: the launcher starts them with its classes. */
public final class ServerCommands {

    private ServerCommands() {}

    /** Adds them to {@code line}; {@code program} does the work. */
    public static void addTo(CommandLine line, ServerProgram program) {
        line.addSubcommand("up", new UpCommand(program));
        line.addSubcommand("demo", new DemoCommand(program));
        line.addSubcommand("store", new StoreCommand(program));
    }

    /** Their names. */
    static List<String> names() {
        return List.of("up", "demo", "store");
    }

    /** Stands for the server's program where that is not: the launcher was by-passed. */
    static ServerProgram elsewhere() {
        return new ServerProgram() {
            @Override
            public int up(Up order) {
                throw byPassed("up");
            }

            @Override
            public int demo(Demo order) {
                throw byPassed("demo");
            }

            @Override
            public int store(Store order) {
                throw byPassed("store");
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
