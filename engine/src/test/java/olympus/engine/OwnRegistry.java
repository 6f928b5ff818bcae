package olympus.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A registry of a test's own on a free port of this machine, Debian's {@code docker-registry},
 * without a certificate; with or without a password.
 */
public final class OwnRegistry implements AutoCloseable {

    public static final String USER = "reader";
    public static final String PASSWORD = "correct-horse";

    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
    private final Path folder;
    private final boolean locked;
    private final int port;
    private Process process;

    public OwnRegistry(boolean locked) {
        this.locked = locked;
        try {
            folder = Files.createTempDirectory("or");
            var passwords = folder.resolve("passwords");
            Files.writeString(passwords, TestEngine.run("htpasswd", "-Bbn", USER, PASSWORD) + "\n");
            Files.createDirectories(folder.resolve("home"));
            process = begin(0);
            port = awaitPort();
            Files.writeString(
                    folder.resolve("home/config.json"), TestEngine.login(host(), USER, PASSWORD));
        } catch (IOException e) {
            throw new AssertionError(
                    "docker-registry cannot be started; apt-get install docker-registry apache2-utils",
                    e);
        }
    }

    private Process begin(int wantedPort) throws IOException {
        var configuration = folder.resolve("config.yml");
        Files.writeString(configuration, configuration(wantedPort));
        return new ProcessBuilder("docker-registry", "serve", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    /** Nothing listens at its place until it is back. */
    public void away() {
        end();
    }

    /** At the same place, with the images that it had. */
    public void back() {
        try {
            process = begin(port);
            awaitPort();
        } catch (IOException e) {
            throw new AssertionError("docker-registry cannot be started again", e);
        }
    }

    private String configuration(int wantedPort) {
        var usual =
                """
                version: 0.1
                log:
                  level: info
                storage:
                  filesystem:
                    rootdirectory: %s/data
                  delete:
                    enabled: true
                http:
                  addr: 127.0.0.1:%d
                """
                        .formatted(folder, wantedPort);
        var guard =
                """
                auth:
                  htpasswd:
                    realm: test
                    path: %s/passwords
                """
                        .formatted(folder);
        return locked ? usual + guard : usual;
    }

    private int awaitPort() throws IOException {
        var deadline = System.nanoTime() + TestEngine.DEADLINE.toNanos();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            var found = LISTENING.matcher(Files.readString(folder.resolve("log")));
            if (found.find()) {
                return Integer.parseInt(found.group(1));
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        throw new AssertionError(
                "the registry does not listen: " + Files.readString(folder.resolve("log")));
    }

    /** With its port, as image names begin. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    public String image(String nameAndTag) {
        return host() + "/" + nameAndTag;
    }

    /**
     * Puts an image into it under a name and tag; the engine has afterwards what it had before.
     *
     * @param marker tells this image from others
     */
    public String push(OwnDocker docker, String nameAndTag, String marker) {
        return push(docker, nameAndTag, marker, "[\"sleep\", \"600\"]");
    }

    /**
     * @param command that the image runs, as a list in JSON
     */
    public String push(OwnDocker docker, String nameAndTag, String marker, String command) {
        var image = image(nameAndTag);
        var before = docker.command("images", "--quiet", "--no-trunc", image);
        var container = docker.command("create", TestEngine.IMAGE, "sleep", "600");
        docker.command(
                "commit",
                "--change",
                "LABEL marker=" + marker,
                "--change",
                "CMD " + command,
                container,
                image);
        docker.command("rm", container);
        var home = folder.resolve("home");
        TestEngine.run(
                "docker",
                "--config",
                home.toString(),
                "--host",
                docker.address().toString(),
                "push",
                "--quiet",
                image);
        var digest = docker.command("inspect", "--format", "{{index .RepoDigests 0}}", image);
        docker.command("rmi", image);
        if (!before.isEmpty()) {
            docker.command("tag", before, image);
        }
        return digest.substring(digest.indexOf('@') + 1);
    }

    @Override
    public void close() {
        end();
        TestEngine.run("rm", "-rf", "--one-file-system", folder.toString());
    }

    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(TestEngine.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
