package olympus.cli.discover;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import olympus.cli.discover.Inventory.BackupJob;

/** What schedules, scripts and settings of a machine say about backups. Used by one thread. */
final class BackupTexts {

    private static final List<String> SETTINGS =
            List.of("/etc/default", "/etc/restic", "/etc/conf.d", "/etc/borg", "/etc/sysconfig");

    private static final List<String> BORGMATIC = List.of("/etc/borgmatic", "/etc/borgmatic.d");

    private final FileTree tree;
    private final List<BackupJob> jobs = new ArrayList<>();
    private final Map<BackupText.Named, Set<String>> named = new LinkedHashMap<>();

    BackupTexts(FileTree tree) {
        this.tree = tree;
    }

    List<BackupJob> jobs() {
        return List.copyOf(jobs);
    }

    /** Repositories with the places that name them. */
    Map<BackupText.Named, Set<String>> named() {
        return Collections.unmodifiableMap(named);
    }

    void read() {
        for (var text : new ScheduledTexts(tree).all()) {
            var words = new BackupText(text.text());
            name(words.repositories(), text.place());
            words.tool().ifPresent(tool -> job(text.place(), tool, words));
        }
        files(SETTINGS, (file, text) -> name(text.repositories(), tree.name(file)));
        files(
                BORGMATIC,
                (file, text) -> {
                    name(text.borgmaticRepositories(), tree.name(file));
                    job(tree.name(file), "borgmatic", text);
                });
    }

    private void files(List<String> folders, BiConsumer<Path, BackupText> use) {
        for (var folder : folders) {
            for (var file : tree.entries(tree.at(folder))) {
                if (Files.isRegularFile(file)) {
                    tree.text(file).ifPresent(text -> use.accept(file, new BackupText(text)));
                }
            }
        }
    }

    private void job(String place, String tool, BackupText text) {
        jobs.add(new BackupJob(place, tool, text.paths(), text.words()));
    }

    private void name(Set<BackupText.Named> repositories, String place) {
        repositories.forEach(repository ->
                named.computeIfAbsent(repository, r -> new LinkedHashSet<>()).add(place));
    }
}
