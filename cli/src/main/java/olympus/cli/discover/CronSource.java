package olympus.cli.discover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.cli.cron.CronSchedule;
import olympus.cli.cron.CronTable;
import olympus.cli.discover.Inventory.CronFault;
import olympus.cli.discover.Inventory.CronLine;
import olympus.foundation.Mask;

/**
 * Crontabs and the folders {@code cron.hourly} to {@code cron.monthly}, read as Debian's cron reads
 * them: what it would ignore is a fault.
 */
final class CronSource implements Source {

    static final String SYSTEM_TABLE = "/etc/crontab";
    static final String SYSTEM_FOLDER = "/etc/cron.d";

    /** Debian's folder, and that of cronie. */
    static final List<String> USER_TABLES = List.of("/var/spool/cron/crontabs", "/var/spool/cron");

    static final List<String> PERIODS = List.of("hourly", "daily", "weekly", "monthly");

    /** The names that cron and run-parts accept. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    /** What packages and editors leave behind, ignored on purpose. */
    private static final Pattern LEFTOVER =
            Pattern.compile(
                    "\\..*|.*~|.*\\.(dpkg-.*|ucf-.*|rpm(save|new|orig)|bak|orig|disabled|swp)");

    private static final Pattern OTHER_USERS =
            Pattern.compile("(?m)^passwd:.*\\b(sss|ldap|winbind|nis|nisplus)\\b");

    private static final int GROUP_OR_OTHER_WRITES = 0022;

    private final Path root;
    private final ZoneId zone;
    private final Instant now;

    CronSource(Path root, ZoneId zone, Instant now) {
        this.root = root;
        this.zone = zone;
        this.now = now;
    }

    @Override
    public String name() {
        return "cron";
    }

    @Override
    public Sight look() throws IOException {
        var reading = new Reading(new FileTree(root));
        reading.all();
        return new Sight.Seen(Inventory.ofCron(reading.lines, reading.faults), reading.unseen());
    }

    /** Whether cron takes up a file of {@code /etc/cron.d} or run-parts one of a folder. */
    static boolean takenUp(String name) {
        return NAME.matcher(name).matches();
    }

    static boolean leftover(String name) {
        return LEFTOVER.matcher(name).matches();
    }

    /** One look at all tables. */
    private final class Reading {

        private final FileTree tree;
        private final CronCommands commands;
        private final Optional<Set<String>> users;

        /** Only Debian's cron and run-parts are particular about names. */
        private final boolean debian;

        private final List<CronLine> lines = new ArrayList<>();
        private final List<CronFault> faults = new ArrayList<>();

        Reading(FileTree tree) {
            this.tree = tree;
            this.commands = new CronCommands(tree);
            this.users = users(tree);
            this.debian = Files.exists(tree.at("/etc/debian_version"));
        }

        List<String> unseen() {
            return tree.unseen();
        }

        void all() throws IOException {
            var system = tree.at(SYSTEM_TABLE);
            if (Files.exists(system) && sound(system)) {
                table(system, Optional.empty());
            }
            for (var file : tree.entries(tree.at(SYSTEM_FOLDER))) {
                fileOfFolder(file);
            }
            for (var folder : USER_TABLES) {
                for (var file : tree.entries(tree.at(folder))) {
                    userTable(file);
                }
            }
            for (var period : PERIODS) {
                for (var file : tree.entries(tree.at("/etc/cron." + period))) {
                    program(file, period);
                }
            }
        }

        private void fileOfFolder(Path file) throws IOException {
            var name = String.valueOf(file.getFileName());
            if (!Files.isRegularFile(file) || leftover(name)) {
                return;
            }
            if (debian && !takenUp(name)) {
                ignored(
                        file,
                        "its name has a character other than letters, digits, - and _",
                        "mv %s %s".formatted(tree.name(file), better(file, name)));
            } else if (sound(file)) {
                table(file, Optional.empty());
            }
        }

        private void userTable(Path file) throws IOException {
            var name = String.valueOf(file.getFileName());
            if (!Files.isRegularFile(file) || name.startsWith("tmp.") || leftover(name)) {
                return;
            }
            if (users.isPresent() && !users.get().contains(name)) {
                ignored(
                        file,
                        "there is no user \"%s\"".formatted(name),
                        "move its lines into the table of a user that exists: crontab -u USER -e");
                return;
            }
            var mode = tree.mode(file);
            if (mode != 0600) {
                ignored(
                        file,
                        "its mode is %04o, cron wants 0600".formatted(mode),
                        "chmod 600 " + tree.name(file));
                return;
            }
            table(file, Optional.of(name));
        }

        private boolean sound(Path file) throws IOException {
            var mode = tree.mode(file);
            if ((mode & GROUP_OR_OTHER_WRITES) != 0) {
                ignored(
                        file,
                        "others than its owner may write it (mode %04o)".formatted(mode),
                        "chmod go-w " + tree.name(file));
                return false;
            }
            if (!tree.ownedByRoot(file)) {
                ignored(file, "it does not belong to root", "chown root " + tree.name(file));
                return false;
            }
            return true;
        }

        private void program(Path file, String period) throws IOException {
            var name = String.valueOf(file.getFileName());
            if (!Files.isRegularFile(file) || leftover(name)) {
                return;
            }
            if (debian && !takenUp(name)) {
                ignored(
                        file,
                        "run-parts skips names with a character other than letters, digits, - and _",
                        "mv %s %s".formatted(tree.name(file), better(file, name)));
            } else if ((tree.mode(file) & 0111) == 0) {
                ignored(file, "it is not executable", "chmod +x " + tree.name(file));
            } else {
                lines.add(
                        new CronLine(
                                tree.name(file),
                                "cron." + period,
                                "root",
                                tree.name(file),
                                Optional.empty()));
            }
        }

        private String better(Path file, String name) {
            var clean = name.replaceFirst("\\.(sh|bash|py|pl|cron|conf|txt)$", "");
            return tree.name(file.resolveSibling(clean.replaceAll("[^A-Za-z0-9_-]", "-")));
        }

        private void ignored(Path file, String why, String remedy) {
            faults.add(
                    new CronFault(
                            tree.name(file),
                            "cron ignores the file " + tree.name(file),
                            why,
                            remedy));
        }

        private void table(Path file, Optional<String> owner) {
            var text = tree.text(file);
            if (text.isEmpty()) {
                return;
            }
            var table = CronTable.parse(text.get(), owner);
            var name = tree.name(file);
            if (table.endsWithinLine()) {
                faults.add(
                        new CronFault(
                                name,
                                "the last line of %s has no line end".formatted(name),
                                "cron ignores that line, or the whole file",
                                "echo >> " + name));
            }
            for (var fault : table.faults()) {
                faults.add(
                        new CronFault(
                                name + ":" + fault.line(),
                                "cron cannot use line %d of %s".formatted(fault.line(), name),
                                fault.reason(),
                                "mend or remove the line"));
            }
            table.jobs().forEach(job -> job(name, job));
        }

        private void job(String file, CronTable.Job job) {
            var place = file + ":" + job.line();
            var next =
                    CronSchedule.parse(job.schedule())
                            .flatMap(schedule -> schedule.nextAfter(now.atZone(zone)))
                            .map(java.time.ZonedDateTime::toInstant);
            lines.add(
                    new CronLine(place, job.schedule(), job.user(), Mask.of(job.command()), next));
            if (users.isPresent() && !users.get().contains(job.user())) {
                faults.add(
                        new CronFault(
                                place,
                                "the cron line %s never runs".formatted(place),
                                "there is no user \"%s\" in /etc/passwd".formatted(job.user()),
                                "name a user that exists"));
            }
            for (var missing : commands.missing(job)) {
                faults.add(
                        new CronFault(
                                place,
                                "the cron line %s fails each time".formatted(place),
                                missing,
                                "mend the path, set PATH= above the line, or remove the line"));
            }
        }
    }

    /** Empty when users may come from elsewhere than the file, so that none can be missed. */
    private static Optional<Set<String>> users(FileTree tree) {
        var passwd = tree.text(tree.at("/etc/passwd"));
        var elsewhere =
                tree.text(tree.at("/etc/nsswitch.conf"))
                        .filter(text -> OTHER_USERS.matcher(text).find());
        if (passwd.isEmpty() || elsewhere.isPresent()) {
            return Optional.empty();
        }
        var users = new HashSet<String>();
        passwd.get().lines().forEach(line -> users.add(line.split(":", 2)[0]));
        return Optional.of(users);
    }
}
