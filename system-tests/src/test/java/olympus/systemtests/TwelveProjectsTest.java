package olympus.systemtests;

import static olympus.systemtests.ComposeProject.DASHBOARD;
import static olympus.systemtests.ComposeProject.FORGE;
import static olympus.systemtests.ComposeProject.GAME;
import static olympus.systemtests.ComposeProject.HOME;
import static olympus.systemtests.ComposeProject.MAIL;
import static olympus.systemtests.ComposeProject.MEDIA;
import static olympus.systemtests.ComposeProject.MONITORING;
import static olympus.systemtests.ComposeProject.PASSWORDS;
import static olympus.systemtests.ComposeProject.PHOTOS;
import static olympus.systemtests.ComposeProject.RSS;
import static olympus.systemtests.ComposeProject.SHOP;
import static olympus.systemtests.ComposeProject.WIKI;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twelve Compose projects in the style that people publish, each from validate over plan, apply, a
 * killed process, an update and a rollback to remove, on two machines with an engine each, many at
 * the same time. Projects that want the same port are on different machines, or after each other.
 */
final class TwelveProjectsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void eachLivesFromItsFirstLookToItsRemovalAndItsDataOutliveIt() throws Exception {
        var lanes =
                List.of(
                        List.of(
                                List.of(MEDIA),
                                List.of(MAIL),
                                List.of(RSS),
                                List.of(MONITORING),
                                List.of(WIKI, PASSWORDS)),
                        List.of(
                                List.of(SHOP, HOME),
                                List.of(PHOTOS),
                                List.of(FORGE),
                                List.of(GAME, DASHBOARD)));
        assertThat(lanes.stream().flatMap(List::stream).flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(ComposeProject.ALL);
        try (var one = new ComposeMachine(folder.resolve("1"));
                var other = new ComposeMachine(folder.resolve("2"))) {
            var lives = new ArrayList<Callable<String>>();
            lives.addAll(lives(one, lanes.getFirst()));
            lives.addAll(lives(other, lanes.getLast()));
            assertThat(failures(lives)).isEmpty();
        }
    }

    private static List<Callable<String>> lives(
            ComposeMachine machine, List<List<ComposeProject>> lanes) {
        machine.olympus().up();
        return lanes.stream().map(lane -> life(machine, lane)).toList();
    }

    /** The names of projects that lived, one after the other. */
    private static Callable<String> life(ComposeMachine machine, List<ComposeProject> lane) {
        return () -> {
            for (var project : lane) {
                try {
                    new ProjectLife(machine, project).live();
                } catch (AssertionError e) {
                    throw new AssertionError(project.folder() + ": " + e.getMessage(), e);
                }
            }
            return lane.toString();
        };
    }

    private static List<String> failures(List<Callable<String>> lives) throws InterruptedException {
        var failures = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var life : threads.invokeAll(lives)) {
                try {
                    life.get();
                } catch (ExecutionException e) {
                    failures.add(String.valueOf(e.getCause()));
                }
            }
        }
        return failures;
    }
}
