package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One Compose project on a machine, from its first look to its removal. */
final class ProjectLife {

    private static final Duration SOON = Duration.ofMinutes(4);
    private static final Set<String> WELL = Set.of("running", "completed");

    /** Their health checks take half a minute or more: they are waited for at the end. */
    private static final Set<String> SLOW =
            Set.of("vpn", "torrent", "database", "mailserver", "miniflux");

    private static final String ROW = "row-of-a-user";

    private final ComposeMachine machine;
    private final ComposeProject project;
    private final Path folder;

    ProjectLife(ComposeMachine machine, ComposeProject project) throws IOException {
        this.machine = machine;
        this.project = project;
        this.folder = machine.copy(project);
    }

    void live() throws IOException {
        looksAtIt();
        var services = starts();
        replacesWhatTheMachineLacks(services);
        writesARow();
        runsAgainAfterAKill();
        takesAnotherImageAndReturns();
        removesItAndKeepsTheData(services);
    }

    private Installation.Run olympus(String... arguments) {
        return machine.olympus().olympus(arguments);
    }

    private String run(String... arguments) {
        var run = olympus(arguments);
        assertThat(run.exitCode())
                .as("%s%n%s%s", List.of(arguments), run.out(), run.err())
                .isZero();
        return run.out();
    }

    private void looksAtIt() {
        assertThat(run("validate", folder.toString())).contains("no problems");
        if (project.equals(ComposeProject.MONITORING)) {
            var refused = olympus("plan", folder.toString());
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.err()).contains("olympus secret set monitoring/stored-smtp");
            var command =
                    List.of(
                            "sh",
                            "-c",
                            "echo of-the-smtp-server | exec \"$@\"",
                            "sh",
                            Installation.launcher(),
                            "secret",
                            "set",
                            "monitoring/stored-smtp");
            var set = machine.olympus().command(command);
            assertThat(set.exitCode()).as(set.err()).isZero();
        }
        assertThat(run("plan", folder.toString())).contains("against revision 0");
    }

    /** Each runs, or what it lacks is told; the names of all. */
    private Set<String> starts() {
        run("apply", folder.toString(), "--yes");
        if (project.equals(ComposeProject.MEDIA)) {
            // Its olympus.yaml says observe.
            assertThat(machine.containers(project, "films")).isEmpty();
            run("mode", "media", "manage", "--yes");
        }
        var services = new TreeSet<String>();
        for (var service : machine.olympus().json("status").path("services")) {
            var id = service.path("service").asString().split("/", 2);
            if (id[0].equals(project.stack())) {
                services.add(id[1]);
            }
        }
        assertThat(services).containsAll(project.lacks().keySet());
        becomes(services, project.lacks(), SLOW);
        return services;
    }

    /** Each is well, or is about to be where that is {@code slow}, or tells what it lacks. */
    private void becomes(Set<String> services, Map<String, String> lacks, Set<String> slow) {
        for (var service : services) {
            Eventually.becomes(
                    SOON,
                    () -> told(service) + " is well or tells " + lacks.get(service),
                    () -> {
                        var seen = machine.service(project.stack() + "/" + service);
                        var words = lacks.get(service);
                        if (words != null) {
                            return seen.path("reason").asString("").contains(words);
                        }
                        var state = seen.path("state").asString("");
                        return WELL.contains(state)
                                || (slow.contains(service)
                                        && Set.of("starting", "waiting").contains(state));
                    });
        }
    }

    private String told(String service) {
        return project.stack()
                + "/"
                + service
                + ": "
                + machine.service(project.stack() + "/" + service)
                + "\n"
                + olympus("why", project.stack() + "/" + service).out();
    }

    private void replacesWhatTheMachineLacks(Set<String> services) throws IOException {
        if (!project.override().isEmpty()) {
            Files.writeString(folder.resolve("compose.override.yaml"), project.override());
            run("apply", folder.toString(), "--yes");
            becomes(services, project.never(), SLOW);
        }
    }

    private String container(String service) {
        var found = machine.containers(project, service);
        assertThat(found).as(told(service)).isNotEmpty();
        return found.getFirst();
    }

    private String rowFile() {
        return project.kept().path() + "/" + ROW;
    }

    private void writesARow() {
        var container = container(project.kept().service());
        machine.docker()
                .command("exec", "-u", "0", container, "sh", "-c", "echo kept > " + rowFile());
    }

    private void runsAgainAfterAKill() {
        var container = container(project.killed());
        var before = machine.inspect(container, "{{.State.Pid}}");
        Processes.kill(Long.parseLong(before), "KILL");
        Eventually.becomes(
                SOON,
                () -> told(project.killed()) + " runs again",
                () -> {
                    var now = machine.inspect(container, "{{.State.Pid}}");
                    return !now.equals("0") && !now.equals(before);
                });
    }

    private void takesAnotherImageAndReturns() throws IOException {
        var change = project.change();
        var file = folder.resolve(change.file());
        var before = imageOfTheChanged("{{.Config.Image}}");
        var content = imageOfTheChanged("{{.Image}}");
        assertThat(shown()).isNotEqualTo(Actors.CHANGED);
        var text = Files.readString(file);
        assertThat(text).contains(change.from());
        Files.writeString(file, text.replace(change.from(), change.to()));
        assertThat(run("plan", folder.toString())).contains(change.service());
        run("apply", folder.toString(), "--yes");
        rolledTo(change.image());
        assertThat(imageOfTheChanged("{{.Image}}")).isNotEqualTo(content);
        assertThat(shown()).isEqualTo(Actors.CHANGED);

        run("rollback", "stack:" + project.stack());
        rolledTo(before);
        assertThat(imageOfTheChanged("{{.Image}}")).isEqualTo(content);
        assertThat(shown()).isNotEqualTo(Actors.CHANGED);
        var row =
                machine.docker()
                        .command("exec", container(project.kept().service()), "cat", rowFile());
        assertThat(row).contains("kept");
    }

    private String imageOfTheChanged(String format) {
        return machine.inspect(container(project.change().service()), format);
    }

    /** What the service answers that is changed; within another's network, what it would. */
    private String shown() {
        var look =
                project.equals(ComposeProject.GAME)
                        ? List.of("cat", "/www/" + Actors.CONTENT)
                        : List.of("wget", "-qO-", "http://127.0.0.1:8080/" + Actors.CONTENT);
        var command = new ArrayList<>(List.of("exec", container(project.change().service())));
        command.addAll(look);
        return machine.docker().command(command.toArray(String[]::new)).strip();
    }

    /** One container of that image, and it is healthy where that is asked for. */
    private void rolledTo(String image) {
        var service = project.change().service();
        Eventually.becomes(
                SOON,
                () -> told(service) + " has the image " + image,
                () -> {
                    var there = machine.containers(project, service);
                    return there.size() == 1
                            && machine.docker()
                                    .command(
                                            "ps",
                                            "--filter",
                                            "id=" + there.getFirst(),
                                            "--format",
                                            "{{.Image}}")
                                    .strip()
                                    .equals(image)
                            && machine.service(project.stack() + "/" + service)
                                    .path("state")
                                    .asString("")
                                    .equals("running");
                });
    }

    private void removesItAndKeepsTheData(Set<String> services) {
        becomes(services, project.never(), Set.of());
        if (project.equals(ComposeProject.MEDIA)) {
            assertThat(machine.events().startsOf("media/torrent", "media/vpn"))
                    .isNotEmpty()
                    .allSatisfy(start -> assertThat(start.healthy()).as(start.toString()).isTrue());
        }
        run("remove", project.stack(), "--yes");
        Eventually.becomes(
                SOON,
                () -> "no container of " + project.folder() + " is left: " + left(),
                () -> left().isBlank());
        var source = project.kept().source();
        if (source.startsWith("./")) {
            assertThat(folder.resolve(source).resolve(ROW)).hasContent("kept");
        } else if (source.startsWith("~/")) {
            assertThat(machine.home().resolve(source.substring(2)).resolve(ROW)).hasContent("kept");
        } else {
            assertThat(
                            machine.docker()
                                    .command(
                                            "run",
                                            "--rm",
                                            "--entrypoint",
                                            "cat",
                                            "-v",
                                            source + ":/kept",
                                            "actor:usual",
                                            "/kept/" + ROW))
                    .contains("kept");
        }
    }

    private String left() {
        return machine.docker()
                .command(
                        "ps",
                        "-a",
                        "--filter",
                        "label=com.docker.compose.project=" + project.folder(),
                        "--format",
                        "{{.Names}} {{.Status}}");
    }
}
