package olympus.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import olympus.engine.OwnDocker;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A test machine with a Docker engine, images for the twelve projects, and Olympus. */
final class ComposeMachine implements AutoCloseable {

    private static final Path PROJECTS =
            Installation.root().resolve("model/src/test/resources/stacks/compose");
    private static final Duration FRESH = Duration.ofMillis(700);

    private final Path folder;
    private final TestMachine machine;
    private final OwnDocker docker;
    private final EngineEvents events;
    private final Actors actors;
    private final Installation olympus;
    private JsonNode status = JsonMapper.builder().build().createObjectNode();
    private long askedNanos;
    private @Nullable Process store;

    ComposeMachine(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        machine = new TestMachine(folder);
        docker =
                new OwnDocker(
                        machine.entry(),
                        // Without a firewall, it is the kernel that keeps networks apart.
                        List.of(
                                "--ip-forward=false",
                                "--default-address-pool",
                                "base=fd00:7400::/56,size=64"));
        events = new EngineEvents(docker, folder);
        actors = new Actors(docker, folder);
        machine.shell(
                "ln -s %s /run/docker.sock".formatted(docker.address().socket().orElseThrow()));
        olympus =
                Installation.in(folder)
                        .withVariables(
                                Map.of(
                                        "DOCKER_HOST",
                                        docker.address().toString(),
                                        "HOME",
                                        home().toString(),
                                        "MEDIA",
                                        folder.resolve("films").toString()))
                        .on(machine);
    }

    Path home() {
        return folder.resolve("home");
    }

    OwnDocker docker() {
        return docker;
    }

    Installation olympus() {
        return olympus;
    }

    TestMachine machine() {
        return machine;
    }

    EngineEvents events() {
        return events;
    }

    Actors actors() {
        return actors;
    }

    /** The user's own copy of a project, with what it needs from elsewhere. */
    Path copy(ComposeProject project) throws IOException {
        var copy = folder.resolve("compose").resolve(project.folder());
        var from = PROJECTS.resolve(project.folder());
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var to = copy.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
        surroundings(project, copy);
        var expected = Files.readString(PROJECTS.resolve(project.folder() + ".expected.json"));
        var images =
                new TreeSet<>(
                        JsonMapper.builder()
                                .build()
                                .readTree(expected)
                                .findValuesAsString("reference"));
        images.remove(project.change().image());
        actors.provideChanged(project.change().image());
        // A digest is that of the very image; what is to be built is not to be there before.
        images.removeIf(image -> image.contains("@") || image.equals("dashboard-site"));
        images.forEach(actors::provide);
        return copy;
    }

    private void surroundings(ComposeProject project, Path copy) throws IOException {
        switch (project.folder()) {
            case "media" -> Files.createDirectories(folder.resolve("films/downloads"));
            case "wiki" -> docker.command("network", "create", "traefik");
            case "passwords" -> {
                docker.command("network", "create", "proxy");
                docker.command("volume", "create", "nas-backups");
            }
            case "photos" -> {
                actors.provide("docker.io/redis:6.2-alpine");
                actors.provide("ghcr.io/immich-app/immich-machine-learning:v1.122-cuda");
            }
            case "dashboard" -> {
                actors.provide("nginx:alpine");
                Files.writeString(
                        Files.createDirectories(copy.resolve("site")).resolve("index.html"), "hi");
            }
            default -> {}
        }
    }

    /** A service's status, not older than a moment: many ask at the same time. */
    synchronized JsonNode service(String id) {
        if (System.nanoTime() - askedNanos > FRESH.toNanos()) {
            status = olympus.json("status").path("services");
            askedNanos = System.nanoTime();
        }
        for (var service : status) {
            if (service.path("service").asString().equals(id)) {
                return service;
            }
        }
        return JsonMapper.builder().build().missingNode();
    }

    /** The ids of the containers of a project's service, running or not. */
    List<String> containers(ComposeProject project, String service) {
        return docker.command(
                        "ps",
                        "-aq",
                        "--filter",
                        "label=com.docker.compose.project=" + project.folder(),
                        "--filter",
                        "label=com.docker.compose.service=" + service)
                .lines()
                .filter(id -> !id.isBlank())
                .toList();
    }

    String inspect(String container, String format) {
        return docker.command("inspect", "-f", format, container).strip();
    }

    /** A program that listens on the port of Redis, on all addresses; ends with this. */
    void openDataStore() throws IOException {
        var command = new ArrayList<>(machine.entry());
        command.addAll(List.of("/bin/busybox", "httpd", "-f", "-p", "0.0.0.0:6379"));
        store = new ProcessBuilder(command).start();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (store != null) {
            store.destroyForcibly();
        }
        olympus.close();
        events.close();
        docker.close();
        machine.close();
    }
}
