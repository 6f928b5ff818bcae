package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Debian's {@code supervisor} with its settings as shipped, in the foreground, on a socket of its
 * own.
 */
final class Supervisord implements Keeper {

    private final Starts starts;
    private final int services;

    private Supervisord(Starts starts, int services) {
        this.starts = starts;
        this.services = services;
    }

    static Supervisord start(Path folder, int services) throws IOException {
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
        new ProcessBuilder("supervisord", "-n", "-c", file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        return new Supervisord(starts, services);
    }

    @Override
    public String name() {
        return "supervisor";
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
