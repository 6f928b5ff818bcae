package olympus.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import olympus.engine.OwnDocker;

/**
 * Images that stand for the programs of published Compose projects: small, they listen where the
 * program would, have the commands that its health checks call, and live until told to end.
 */
final class Actors {

    private static final String ACTOR =
            """
            #!/bin/sh
            case " $* " in
            *" -migrate "*) exit 0 ;;
            " /bin/sh "*) exec "$@" ;;
            esac
            trap 'exit 0' TERM INT
            for port in $ACTOR_PORTS; do
                httpd -p "$port" -h /www
            done
            echo "began: $*"
            while :; do
                sleep 3600 &
                wait $!
            done
            """;

    /** What health checks of the projects call. */
    private static final Map<String, String> COMMANDS =
            Map.of(
                    "bin/curl",
                    "for last; do :; done\nexec wget -q -O - \"$last\"",
                    "bin/ss",
                    "echo 'tcp LISTEN 0.0.0.0:smtp'",
                    "bin/grep",
                    "[ \"$1\" = --silent ] && shift && set -- -q \"$@\"\nexec busybox grep \"$@\"",
                    "bin/psql",
                    "echo 1",
                    "bin/pg_isready",
                    "exit 0",
                    "bin/redis-cli",
                    "exit 0",
                    "usr/bin/miniflux",
                    "exit 0");

    private static final String USUAL_PORT = "8080";

    /** Images whose program listens elsewhere. */
    private static final Map<String, String> PORTS =
            Map.of(
                    "qmcgaw/gluetun",
                    "9999 8000",
                    "jellyfin/jellyfin",
                    "8096",
                    "prom/node-exporter",
                    "9190",
                    "ghcr.io/home-assistant/home-assistant",
                    "8123",
                    "nginx",
                    "80");

    private static final String ENTRYPOINT = "ENTRYPOINT [\"/actor\"]";
    private static final String USUAL = "actor:usual";

    /** Where an actor shows what it consists of. */
    static final String CONTENT = "content";

    private static final String FIRST = "first";
    static final String CHANGED = "changed";

    private final OwnDocker docker;
    private final Path archive;
    private final Path changed;

    Actors(OwnDocker docker, Path folder) throws IOException {
        this.docker = docker;
        var image = image(folder);
        archive = archive(image, FIRST);
        changed = archive(image, CHANGED);
        imported(archive, USUAL, USUAL_PORT, ENTRYPOINT);
    }

    private static Path archive(Path image, String content) throws IOException {
        Files.writeString(image.resolve("www").resolve(CONTENT), content + "\n");
        var archive = image.resolveSibling(content + ".tar");
        run("tar", "-C", image.toString(), "-cf", archive.toString(), ".");
        return archive;
    }

    private static Path image(Path folder) throws IOException {
        var image = Files.createDirectories(folder.resolve("image"));
        for (var part : List.of("bin", "etc", "usr/bin", "www", "tmp")) {
            Files.createDirectories(image.resolve(part));
        }
        Files.copy(Path.of("/bin/busybox"), image.resolve("bin/busybox"));
        for (var command : run("/bin/busybox", "--list").lines().toList()) {
            if (!command.equals("busybox") && !COMMANDS.containsKey("bin/" + command)) {
                Files.createSymbolicLink(image.resolve("bin/" + command), Path.of("busybox"));
            }
        }
        for (var command : COMMANDS.entrySet()) {
            script(image.resolve(command.getKey()), "#!/bin/sh\n" + command.getValue() + "\n");
        }
        script(image.resolve("actor"), ACTOR);
        Files.writeString(image.resolve("www/health"), "ok\n");
        Files.writeString(image.resolve("www/index.html"), "It works.\n");
        Files.writeString(image.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\n");
        Files.writeString(image.resolve("etc/group"), "root:x:0:\nvideo:x:44:\ndialout:x:20:\n");
        shell(image);
        return image;
    }

    /** Busybox' own would take its own grep, which has not the long options that are asked for. */
    private static void shell(Path image) throws IOException {
        Files.delete(image.resolve("bin/sh"));
        Files.copy(Path.of("/bin/dash"), image.resolve("bin/sh"));
        for (var word : run("ldd", "/bin/dash").split("\\s+")) {
            if (word.startsWith("/")) {
                var to = image.resolve(word.substring(1));
                Files.createDirectories(to.resolveSibling(""));
                Files.copy(Path.of(word), to);
            }
        }
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Gives the engine an image with other content than {@link #provide} gives. */
    void provideChanged(String reference) {
        imported(changed, reference, portsOf(reference), ENTRYPOINT);
    }

    private static String portsOf(String reference) {
        return PORTS.getOrDefault(reference.replaceFirst(":[^:/]+$", ""), USUAL_PORT);
    }

    /** Gives the engine an image of this name, whatever its tag. */
    void provide(String reference) {
        var name = reference.replaceFirst(":[^:/]+$", "");
        if (name.equals("wallabag/wallabag")) {
            // The project takes its entry point away.
            imported(archive, reference, "80", "CMD [\"/actor\"]");
        } else if (PORTS.containsKey(name)) {
            imported(archive, reference, portsOf(reference), ENTRYPOINT);
        } else {
            docker.command("tag", USUAL, reference);
        }
    }

    private void imported(Path archive, String reference, String ports, String start) {
        docker.command(
                "import",
                "--change",
                start,
                "--change",
                "ENV ACTOR_PORTS=\"%s\"".formatted(ports),
                archive.toString(),
                reference);
    }

    private static String run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return output;
    }
}
