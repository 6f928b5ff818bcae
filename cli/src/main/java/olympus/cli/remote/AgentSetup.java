package olympus.cli.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes one machine run the agent: looks at it, installs the package where that is missing, starts
 * the unit. Each step either is done or says why not; a machine that was not let in is left without
 * token and unit. Threading: by one thread.
 */
public final class AgentSetup {

    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration START = Duration.ofMinutes(4);
    private static final Duration SETTLE = Duration.ofSeconds(30);

    /** Longer than its unit may take to stop. */
    private static final Duration UNDO = Duration.ofSeconds(90);

    /** As the unit has it. */
    static final String DATA = "/var/lib/olympus";

    private static final String FILE = "/etc/default/olympus-agent";

    /** What cannot end a quoted word of a shell. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9:/._\\[\\]%-]+");

    private final Ssh machine;
    private final Optional<AgentPackages> packages;
    private final Duration patience;
    private final Consumer<String> progress;

    /**
     * @param patience with the installation
     * @param progress told of what takes time
     */
    public AgentSetup(
            Ssh machine,
            Optional<AgentPackages> packages,
            Duration patience,
            Consumer<String> progress) {
        this.machine = machine;
        this.packages = packages;
        this.patience = patience;
        this.progress = progress;
    }

    /** A machine that can run the agent. */
    public final class Prepared {

        private final String elevation;

        private Prepared(String elevation) {
            this.elevation = elevation;
        }

        /** Starts the unit with what lets the machine in. */
        public void start(String server, String token) throws RemoteFailure {
            machine.script(
                    elevation,
                    script("start.sh", Map.of("file", FILE, "server", server, "token", token)),
                    START);
        }

        /** Takes the token out of the machine's files; it is in. */
        public void settle() throws RemoteFailure {
            machine.script(elevation, script("settle.sh", Map.of("file", FILE)), SETTLE);
        }

        /** Takes the unit out of use again; what its log ends with. */
        public String undo() throws RemoteFailure {
            return machine.script(elevation, script("undo.sh", Map.of("file", FILE)), UNDO);
        }
    }

    /** Looks, and installs what is missing. */
    public Prepared prepare() throws RemoteFailure {
        var sight = Sight.of(machine.script("", script("look.sh", Map.of("data", DATA)), LOOK));
        var objection = sight.objection();
        if (objection.isPresent()) {
            throw new RemoteFailure(objection.get());
        }
        var elevation = sight.elevation().orElseThrow();
        if (packages.isPresent()) {
            install(sight, packages.get(), elevation);
        } else if (!sight.olympus()) {
            throw new RemoteFailure(
                    "Olympus is not installed there; give its package, e.g. --package target/packages, or install it first");
        }
        return new Prepared(elevation);
    }

    private void install(Sight sight, AgentPackages given, String elevation) throws RemoteFailure {
        if (sight.packages().containsKey("olympus")) {
            throw new RemoteFailure(
                    "the package olympus is installed there, which excludes olympus-agent; leave out --package, or remove it first");
        }
        if (!sight.dpkg()) {
            throw new RemoteFailure(
                    "it has no dpkg; unpack the archive there, link its olympus to /usr/bin/olympus, install the unit (docs/how-to/install.md), and leave out --package");
        }
        var wanted = given.of(sight.architecture());
        if (wanted.version().equals(sight.packages().get("olympus-agent"))) {
            return;
        }
        progress.accept("installs " + wanted.name());
        try (var content = Files.newInputStream(wanted.file())) {
            machine.run(elevation + installing(wanted), content, patience);
        } catch (IOException e) {
            throw new RemoteFailure(
                    "%s cannot be read: %s".formatted(wanted.file(), e.getMessage()), e);
        }
    }

    /** Keeps the package from its input and installs it; goes through whatever login shell. */
    private static String installing(AgentPackages.Package wanted) throws IOException {
        return "sh -c '"
                + "d=$(mktemp -d) || exit 1; trap \"rm -rf $d\" EXIT; cat >\"$d/$2\""
                + " && echo \"$1  $d/$2\" | sha256sum -c --quiet"
                + " && DEBIAN_FRONTEND=noninteractive dpkg -i \"$d/$2\""
                + "' sh %s %s".formatted(wanted.sha256(), wanted.name());
    }

    /** Whether it can stand within a shell's quotes, and in a file of systemd. */
    public static boolean isPlain(String value) {
        return PLAIN.matcher(value).matches();
    }

    /** One of the scripts beside this class, with its variables set. */
    static String script(String name, Map<String, String> variables) throws RemoteFailure {
        var script = new StringBuilder();
        for (var variable : variables.entrySet()) {
            if (!isPlain(variable.getValue())) {
                throw new RemoteFailure(
                        "the %s has characters that cannot stand in a file of systemd"
                                .formatted(variable.getKey()));
            }
            script.append("%s='%s'%n".formatted(variable.getKey(), variable.getValue()));
        }
        return script.append(text(name)).toString();
    }

    private static String text(String script) {
        try (var stream = AgentSetup.class.getResourceAsStream(script)) {
            if (stream == null) {
                throw new IllegalStateException(script + " is not among the classes");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
