package olympus.cli.remote;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a machine said of itself when it was looked at.
 *
 * @param user who ssh is there
 * @param elevation what a command of root begins with; empty for root itself
 * @param architecture as dpkg calls it, e.g. {@code arm64}
 * @param packages version by name, of Olympus' packages
 * @param member it has the keys of a node, or of a server, of some island
 * @param active a unit of Olympus that runs, starts or fails again and again
 */
record Sight(
        String user,
        Optional<String> elevation,
        String kernel,
        String architecture,
        boolean dpkg,
        boolean systemd,
        boolean olympus,
        Map<String, String> packages,
        boolean member,
        Optional<String> active) {

    private static final String PACKAGE = "package.";

    Sight {
        packages = Map.copyOf(packages);
    }

    static Sight of(String said) {
        var values = new HashMap<String, String>();
        var packages = new HashMap<String, String>();
        said.lines()
                .forEach(line -> {
                    var equals = line.indexOf('=');
                    if (equals > 0) {
                        var name = line.substring(0, equals);
                        var value = line.substring(equals + 1);
                        if (name.startsWith(PACKAGE)) {
                            packages.put(name.substring(PACKAGE.length()), value);
                        } else {
                            values.put(name, value);
                        }
                    }
                });
        return new Sight(
                values.getOrDefault("user", ""),
                switch (values.getOrDefault("root", "no")) {
                    case "yes" -> Optional.of("");
                    case "sudo" -> Optional.of("sudo -n ");
                    default -> Optional.empty();
                },
                values.getOrDefault("kernel", ""),
                values.getOrDefault("machine", ""),
                isYes(values, "dpkg"),
                isYes(values, "systemd"),
                isYes(values, "olympus"),
                packages,
                values.containsKey("member"),
                Optional.ofNullable(values.get("active")));
    }

    private static boolean isYes(Map<String, String> values, String name) {
        return "yes".equals(values.get(name));
    }

    /** Whatever speaks against the agent there; the first of it, with what would help. */
    Optional<String> objection() {
        if (!kernel.equals("Linux")) {
            return Optional.of(
                    kernel.isEmpty()
                            ? "it did not say what it is; expected a Linux with a POSIX shell"
                            : "it runs %s; Olympus needs Linux".formatted(kernel));
        }
        if (active.isPresent()) {
            return Optional.of(
                    "%s runs there already; nothing was changed. A node of this island is listed by olympus nodes; one of another leaves that first (olympus node remove), and begins here with an empty data folder"
                            .formatted(active.get()));
        }
        if (member) {
            return Optional.of(
                    "it was let in to an island before, and has its keys; nothing was changed. To start it as what it is: systemctl enable --now olympus-agent there. For this island it begins with an empty data folder (%s), after olympus node remove where it is a node of another"
                            .formatted(AgentSetup.DATA));
        }
        if (elevation.isEmpty()) {
            return Optional.of(
                    "%s may not become root there; expected root@HOST, or sudo that asks for no password"
                            .formatted(user));
        }
        if (!systemd) {
            return Optional.of(
                    "systemd does not run there; install the archive by hand and start olympus agent with what that machine has (docs/how-to/install.md)");
        }
        return Optional.empty();
    }
}
