package olympus.cli.discover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Services and timers of systemd, as {@code systemctl} tells them. */
final class UnitSource implements Source {

    private final Map<String, String> environment;

    UnitSource(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "systemd";
    }

    @Override
    public Sight look() throws IOException, InterruptedException {
        var systemctl = Tool.find("systemctl", environment);
        if (systemctl.isEmpty()) {
            return new Sight.Absent("there is no systemctl on PATH");
        }
        var arguments = new ArrayList<>(List.of("show", "--no-pager", "--all"));
        arguments.add("--property=" + String.join(",", SystemctlShow.PROPERTIES));
        arguments.addAll(List.of("*.service", "*.timer"));
        var ended = systemctl.get().run(arguments);
        if (ended.status() != 0) {
            if (ended.errors().contains("not been booted with systemd")) {
                return new Sight.Absent("systemd does not run this machine");
            }
            throw new IOException(
                    "systemctl show ended with %d: %s"
                            .formatted(
                                    ended.status(), ended.errors().lines().findFirst().orElse("")));
        }
        return new Sight.Seen(SystemctlShow.parse(ended.output()), List.of());
    }
}
