package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Debian's {@code monit} in the foreground, looking every second, which is the least that it can be
 * told (Debian ships 120 s). It does not wait for its services but looks at process ids in files.
 */
final class Monit {

    private Monit() {}

    static Peer start(Path folder, int services) throws IOException {
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
        for (var name : Peer.names(services)) {
            configuration.append(
                    """
                    check process %2$s with pidfile %1$s/%2$s.pid
                      start program = "/bin/bash %1$s/launch.sh %2$s %3$s"
                    """
                            .formatted(folder, name, String.join(" ", starts.command(name))));
        }
        var file = Files.writeString(folder.resolve("monitrc"), configuration);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Peer.start("monit", starts, services, "monit", "-I", "-c", file.toString());
    }
}
