package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Debian's {@code supervisor} with its settings as shipped, in the foreground, on a socket of its
 * own.
 */
final class Supervisord {

    private Supervisord() {}

    static Peer start(Path folder, int services) throws IOException {
        var starts = new Starts(folder);
        var configuration =
                """
                [supervisord]
                nodaemon=true
                logfile=%1$s/supervisord.log
                pidfile=%1$s/supervisord.pid
                childlogdir=%1$s
                [unix_http_server]
                file=%1$s/supervisor.sock
                [rpcinterface:supervisor]
                supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
                [program:service]
                command=%2$s
                process_name=service%%(process_num)d
                numprocs=%3$d
                """
                        .formatted(
                                folder,
                                String.join(" ", starts.command("service%(process_num)d")),
                                services);
        var file = Files.writeString(folder.resolve("supervisord.conf"), configuration);
        return Peer.start(
                "supervisor", starts, services, "supervisord", "-n", "-c", file.toString());
    }
}
