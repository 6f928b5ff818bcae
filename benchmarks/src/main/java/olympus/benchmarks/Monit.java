package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Debian's {@code monit} in the foreground, looking every second, which is the least that it can be
 * told (Debian ships 120 s). It does not wait for its services but looks at process ids in files.
 */
final class Monit implements Keeper {

    private final Starts starts;
    private final int services;

    private Monit(Starts starts, int services) {
        this.starts = starts;
        this.services = services;
    }

    static Monit start(Path folder, int services) throws IOException {
        var starts = new Starts(folder);
        Files.writeString(
                folder.resolve("launch.sh"),
                """
                # $1: name, then the command of the service
                setsid "${@:2}" < /dev/null > /dev/null 2>&1 &
                echo $! > "${0%/*}/$1.pid"
                """);
        var configuration =
                new StringBuilder(
                        """
                        set daemon 1
                        set log %1$s/monit.log
                        set pidfile %1$s/monit.pid
                        set idfile %1$s/monit.id
                        set statefile %1$s/monit.state
                        """
                                .formatted(folder));
        var monit = new Monit(starts, services);
        for (var name : monit.services()) {
            configuration.append(
                    """
                    check process %2$s with pidfile %1$s/%2$s.pid
                      start program = "/bin/bash %1$s/launch.sh %2$s %3$s"
                    """
                            .formatted(folder, name, String.join(" ", starts.command(name))));
        }
        var file = Files.writeString(folder.resolve("monitrc"), configuration);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        new ProcessBuilder("monit", "-I", "-c", file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        return monit;
    }

    @Override
    public String name() {
        return "monit";
    }

    @Override
    public List<String> services() {
        return IntStream.range(0, services).mapToObj(number -> "service" + number).toList();
    }

    @Override
    public Starts starts() {
        return starts;
    }
}
