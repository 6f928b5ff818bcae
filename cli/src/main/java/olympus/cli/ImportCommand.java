package olympus.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import olympus.cli.imports.ComposeImport;
import olympus.cli.imports.CronImport;
import olympus.cli.imports.Draft;
import olympus.cli.imports.ImportRefusal;
import olympus.cli.imports.UnitImport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Files of other tools, written as files of Olympus; holds one command per tool. */
@Command(
        description =
                "Writes files of Olympus from files of other tools, for you to look at. Applies nothing, changes nothing, writes over nothing.",
        synopsisSubcommandLabel = "TOOL")
final class ImportCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Registers {@code import} with its subcommands. */
    static void addTo(CommandLine line, Session session) {
        var command = new CommandLine(new ImportCommand());
        command.addSubcommand("systemd", new Systemd(session));
        command.addSubcommand("cron", new Cron(session));
        command.addSubcommand("compose", new Compose(session));
        line.addSubcommand("import", command);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "import from what? See: olympus import --help");
    }

    /** What makes a draft of a path. */
    private interface Work {
        Draft draft() throws IOException;
    }

    private static int write(Session session, Path from, Path out, Work work) {
        try {
            var draft = work.draft();
            for (var file : draft.writeTo(out)) {
                session.say("written: " + file);
            }
            if (!draft.notes().isEmpty()) {
                session.say("to look at (%d):".formatted(draft.notes().size()));
                draft.notes().forEach(note -> session.say("  " + note));
            }
            return ExitCodes.OK;
        } catch (ImportRefusal e) {
            throw new CommandFailure(ExitCodes.FAILED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "cannot import %s into %s: %s".formatted(from, out, e), e);
        }
    }

    /** The last part of a folder's name. */
    private static String nameOf(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    /** Compose projects. */
    @Command(
            description =
                    "Writes the olympus.yaml that may stand beside a Compose file: mode observe, every service named, further keys as comments. The Compose file stays as it is; what cannot be managed yet is told with file:line:column.")
    private static final class Compose implements Callable<Integer> {

        private final Session session;

        @Parameters(paramLabel = "PATH", description = "a Compose folder, or a Compose file")
        private Path path = Path.of(".");

        @Option(
                names = "--out",
                paramLabel = "DIR",
                required = true,
                description =
                        "Folder to write into, as a rule the Compose folder itself; made where it is not there.")
        private Path out = Path.of(".");

        Compose(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return write(
                    session,
                    path,
                    out,
                    () -> ComposeImport.of(path, session.finder().environment()));
        }
    }

    /** Units of systemd. */
    @Command(
            description =
                    "Writes an olympus.yaml in which the units are services, watched and left to systemd. With --as-process Olympus is to run their processes itself; what could not be carried over stands there with file:line.")
    private static final class Systemd implements Callable<Integer> {

        private final Session session;

        @Parameters(paramLabel = "PATH", description = "a unit file, or a folder with unit files")
        private Path path = Path.of(".");

        @Option(
                names = "--out",
                paramLabel = "DIR",
                required = true,
                description = "Folder to write into; made where it is not there.")
        private Path out = Path.of(".");

        @Option(
                names = "--as-process",
                description = "Services with the units' commands instead of the units.")
        private boolean asProcess;

        Systemd(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return write(session, path, out, () -> UnitImport.of(path, nameOf(out), asProcess));
        }
    }

    /** Crontabs. */
    @Command(
            description =
                    "Writes schedules.yaml from a crontab, a folder of them (cron.d) or of programs (cron.daily). This version does not run schedules yet.")
    private static final class Cron implements Callable<Integer> {

        private final Session session;

        @Parameters(
                paramLabel = "PATH",
                description = "a crontab, or a folder such as /etc/cron.d or /etc/cron.daily")
        private Path path = Path.of(".");

        @Option(
                names = "--out",
                paramLabel = "DIR",
                required = true,
                description = "Folder to write into; made where it is not there.")
        private Path out = Path.of(".");

        @Option(
                names = "--user",
                paramLabel = "USER",
                description =
                        "The file is this user's own table, without a column for the user. Default: told by the path.")
        private @Nullable String user;

        Cron(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return write(
                    session,
                    path,
                    out,
                    () -> CronImport.of(path, Optional.ofNullable(user), ZoneId.systemDefault()));
        }
    }
}
