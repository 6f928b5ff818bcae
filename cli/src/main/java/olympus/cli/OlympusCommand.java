package olympus.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line: it only holds the subcommands, registered in {@link #line}. */
@Command(
        name = "olympus",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Keeps the services that you declare in files running, and says why.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; the message says why",
            "2:wrong usage",
            "3:cannot connect to the server",
            "4:refused: wrong token, not allowed, a confirmation is missing, or the data folder is in use"
        })
final class OlympusCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** The whole command line over the given terminal and way to find the server. */
    static CommandLine line(Console console, ServerFinder finder) {
        var line = new CommandLine(new OlympusCommand());
        var session = new Session(console, finder);
        ServerCommands.addTo(line, ServerCommands.elsewhere());
        line.addSubcommand("validate", new ValidateCommand(session));
        line.addSubcommand("plan", new PlanCommand(session));
        line.addSubcommand("spof", new SinglePointsCommand(session));
        line.addSubcommand("apply", new ApplyCommand(session));
        line.addSubcommand("status", new StatusCommand(session), "ps", "service");
        line.addSubcommand("services", new ServicesCommand(session), "catalogue");
        line.addSubcommand("stats", new StatsCommand(session));
        line.addSubcommand("why", new WhyCommand(session));
        line.addSubcommand("logs", new LogsCommand(session), "log");
        ServiceActionCommand.addTo(line, session);
        line.addSubcommand("exec", new ExecCommand(session));
        line.addSubcommand("history", new HistoryCommand(session));
        line.addSubcommand("rollback", new RollbackCommand(session));
        line.addSubcommand("rollout", RolloutCommand.line(session));
        line.addSubcommand("remove", new RemoveCommand(session), "rm");
        line.addSubcommand("adopt", new AdoptCommand(session));
        line.addSubcommand("mode", new ModeCommand(session));
        line.addSubcommand("wait", new WaitCommand(session));
        line.addSubcommand("release", new ReleaseCommand(session));
        SecretCommand.addTo(line, session);
        line.addSubcommand("stacks", new StacksCommand(session), "stack");
        line.addSubcommand("volumes", volumes(session), "volume");
        NodesCommand.addTo(line, session);
        FleetCommand.addTo(line, session);
        TokenCommand.addTo(line, session);
        ServersCommand.addTo(line, session);
        line.addSubcommand("decisions", decisions(session), "decision");
        line.addSubcommand("diff", new DiffCommand(session));
        line.addSubcommand("update", new UpdateCommand(session), "upgrade");
        line.addSubcommand("audit", new AuditCommand(session));
        line.addSubcommand("pause", new PauseCommand(session, PauseCommand.Direction.PAUSE));
        line.addSubcommand("resume", new PauseCommand(session, PauseCommand.Direction.RESUME));
        line.addSubcommand("doctor", doctor(session));
        line.addSubcommand("discover", new DiscoverCommand(session));
        line.addSubcommand("discovery", new DiscoveryCommand(session));
        ImportCommand.addTo(line, session);
        SnapshotCommand.addTo(line, session);
        line.addSubcommand("context", new ContextCommand(session), "contexts");
        line.addSubcommand("completion", new CompletionCommand(session));
        line.addSubcommand("man", new ManCommand(session));
        line.addSubcommand("help", new CommandLine.HelpCommand());
        ServerCommands.addBelow(line, ServerCommands.elsewhere());
        standardOptions(line);
        var debug = !finder.environment().getOrDefault("OLYMPUS_DEBUG", "").isEmpty();
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> report(failure, command, console, debug));
        line.setParameterExceptionHandler((failure, arguments) -> usageError(failure, console));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(console.out(), true, UTF_8));
        line.setErr(new PrintWriter(console.err(), true, UTF_8));
        return line;
    }

    private static CommandLine volumes(Session session) {
        var line = new CommandLine(new VolumesCommand(session));
        line.addSubcommand("remove", new VolumeRemoveCommand(session), "rm");
        return line;
    }

    private static CommandLine doctor(Session session) {
        var line = new CommandLine(new DoctorCommand(session));
        line.addSubcommand("topology", new TopologyCommand(session));
        return line;
    }

    private static CommandLine decisions(Session session) {
        var line = new CommandLine(new DecisionsCommand(session));
        line.addSubcommand("pending", new PendingCommand(session));
        line.addSubcommand("approve", new AnswerCommand(session, AnswerCommand.Answer.APPROVE));
        line.addSubcommand("deny", new AnswerCommand(session, AnswerCommand.Answer.DENY));
        return line;
    }

    private static void standardOptions(CommandLine line) {
        for (var command : line.getSubcommands().values()) {
            command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
            standardOptions(command);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? See: olympus --help");
    }

    private static int report(
            Exception failure, CommandLine command, Console console, boolean debug) {
        console.out().flush();
        if (failure instanceof CommandFailure known) {
            console.err()
                    .println(
                            "%s: %s"
                                    .formatted(
                                            command.getCommandSpec().qualifiedName(),
                                            known.getMessage()));
            return known.exitCode();
        }
        console.err()
                .println(
                        "%s: internal error: %s; this is a bug in Olympus, please report it%s"
                                .formatted(
                                        command.getCommandSpec().qualifiedName(),
                                        failure.toString().lines().findFirst().orElse(""),
                                        debug ? "" : " (OLYMPUS_DEBUG=1 prints where)"));
        if (debug) {
            failure.printStackTrace(console.err());
        }
        return ExitCodes.FAILED;
    }

    private static int usageError(ParameterException failure, Console console) {
        console.err().println("olympus: " + failure.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, console.err());
        console.err()
                .println(
                        "See: "
                                + failure.getCommandLine().getCommandSpec().qualifiedName()
                                + " --help");
        return failure.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    }
}
