package olympus.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code olympus store …}: looks at the files of a store that no process has open, and repairs
 * them.
 */
@Command(
        description =
                "Inspects, verifies and repairs the store's files. Changes are refused while a server has the data folder.")
final class StoreCommand implements Runnable {

    private static final int MAX_LIMIT = ServerProgram.Action.ListEntries.MAX_LIMIT;

    private final ServerProgram program;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    StoreCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "store needs one of: " + String.join(", ", names()));
    }

    private java.util.Set<String> names() {
        return spec.subcommands().keySet();
    }

    @Command(
            name = "inspect",
            mixinStandardHelpOptions = true,
            description = "Says what the store's files hold. May run beside a server.")
    int inspect(@Mixin StoreOptions where) {
        return order(where, new ServerProgram.Action.Inspect());
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Reads every file whole and checks it; exit code 1 when one is damaged.")
    int verify(@Mixin StoreOptions where) {
        return order(where, new ServerProgram.Action.Verify());
    }

    @Command(
            name = "log",
            mixinStandardHelpOptions = true,
            description = "Lists entries of the log. May run beside a server.")
    int log(
            @Mixin StoreOptions where,
            @Option(
                            names = "--from",
                            defaultValue = "0",
                            paramLabel = "INDEX",
                            description = "The first entry (${DEFAULT-VALUE}).")
                    long from,
            @Option(
                            names = "--limit",
                            defaultValue = "50",
                            paramLabel = "N",
                            description = "How many entries, 1 to 100000 (${DEFAULT-VALUE}).")
                    int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new ParameterException(
                    spec.commandLine().getSubcommands().get("log"),
                    "--limit %d is not possible; expected 1 to %d".formatted(limit, MAX_LIMIT));
        }
        return order(where, new ServerProgram.Action.ListEntries(from, limit));
    }

    @Command(
            name = "repair",
            mixinStandardHelpOptions = true,
            description = "Cuts a damaged log off; what is cut is kept beside it.")
    int repair(
            @Mixin StoreOptions where,
            @Option(
                            names = "--truncate-at",
                            required = true,
                            paramLabel = "INDEX|end",
                            description =
                                    "The first entry to give up; end: behind the last good one.")
                    String at) {
        return order(where, new ServerProgram.Action.Repair(at));
    }

    @Command(
            name = "skip-entry",
            mixinStandardHelpOptions = true,
            description = "Has the next start pass over an entry that cannot be applied.")
    int skip(
            @Mixin StoreOptions where,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "WHY",
                            description = "Why, for the record.")
                    String reason,
            @Parameters(paramLabel = "INDEX", description = "the entry's index") long index) {
        return order(where, new ServerProgram.Action.SkipEntry(index, reason));
    }

    private int order(StoreOptions where, ServerProgram.Action action) {
        return program.store(new ServerProgram.Store(where.dataFolder(), where.output(), action));
    }
}
