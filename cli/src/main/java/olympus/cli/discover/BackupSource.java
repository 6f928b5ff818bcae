package olympus.cli.discover;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import olympus.cli.discover.Inventory.BackupJob;
import olympus.cli.discover.Inventory.Reach;
import olympus.cli.discover.Inventory.Repository;

/**
 * Backups by restic and borg: repositories that schedules, scripts and settings name, repositories
 * that lie in usual folders, and what is scheduled to run a backup tool. Reads no password and
 * contacts no other machine.
 */
final class BackupSource implements Source {

    /** Where people keep repositories. */
    private static final List<String> SEARCHED =
            List.of(
                    "/backup",
                    "/backups",
                    "/srv",
                    "/mnt",
                    "/media",
                    "/var/backups",
                    "/data",
                    "/home",
                    "/root",
                    "/opt",
                    "/var/lib");

    private static final List<String> SETTINGS =
            List.of("/etc/default", "/etc/restic", "/etc/conf.d", "/etc/borg", "/etc/sysconfig");

    private static final List<String> BORGMATIC = List.of("/etc/borgmatic", "/etc/borgmatic.d");

    private static final int SEARCH_DEPTH = 3;
    private static final int MAX_FOLDERS = 20_000;

    private final Path root;

    BackupSource(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return "backups";
    }

    @Override
    public Sight look() {
        var tree = new FileTree(root);
        var search = new Search(tree);
        var jobs = new ArrayList<BackupJob>();
        for (var text : new ScheduledTexts(tree).all()) {
            var words = new BackupText(text.text());
            search.named(words.repositories(), text.place());
            words.tool()
                    .ifPresent(tool ->
                            jobs.add(
                                    new BackupJob(
                                            text.place(), tool, words.paths(), words.words())));
        }
        settings(tree, search, jobs);
        SEARCHED.forEach(folder -> search.folder(tree.at(folder), SEARCH_DEPTH));
        return new Sight.Seen(Inventory.ofBackups(search.repositories(), jobs), tree.unseen());
    }

    private static void settings(FileTree tree, Search search, List<BackupJob> jobs) {
        for (var folder : SETTINGS) {
            for (var file : tree.entries(tree.at(folder))) {
                if (Files.isRegularFile(file)) {
                    tree.text(file)
                            .ifPresent(text ->
                                    search.named(
                                            new BackupText(text).repositories(), tree.name(file)));
                }
            }
        }
        for (var folder : BORGMATIC) {
            for (var file : tree.entries(tree.at(folder))) {
                if (!Files.isRegularFile(file)) {
                    continue;
                }
                tree.text(file)
                        .map(BackupText::new)
                        .ifPresent(text -> {
                            search.named(text.borgmaticRepositories(), tree.name(file));
                            jobs.add(
                                    new BackupJob(
                                            tree.name(file),
                                            "borgmatic",
                                            text.paths(),
                                            text.words()));
                        });
            }
        }
    }

    /** Repositories found so far. */
    private static final class Search {

        private final FileTree tree;
        private final Map<BackupText.Named, Set<String>> named = new LinkedHashMap<>();
        private int folders;

        Search(FileTree tree) {
            this.tree = tree;
        }

        void named(Set<BackupText.Named> repositories, String place) {
            repositories.forEach(repository ->
                    named.computeIfAbsent(repository, r -> new LinkedHashSet<>()).add(place));
        }

        /** Looks for repositories by their marker files, into no link and no other device. */
        void folder(Path folder, int depth) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (++folders > MAX_FOLDERS) {
                tree.note("repositories beyond the first %d folders".formatted(MAX_FOLDERS));
                return;
            }
            var tool = marked(folder);
            if (tool.isPresent()) {
                named.computeIfAbsent(
                        new BackupText.Named(tool.get(), tree.name(folder)),
                        r -> new LinkedHashSet<>());
            } else if (depth > 0) {
                tree.entries(folder).forEach(entry -> folder(entry, depth - 1));
            }
        }

        private Optional<String> marked(Path folder) {
            if (!Files.isRegularFile(folder.resolve("config"))) {
                return Optional.empty();
            }
            if (Files.isDirectory(folder.resolve("snapshots"))
                    && Files.isDirectory(folder.resolve("keys"))) {
                return Optional.of("restic");
            }
            var isBorg =
                    Files.isRegularFile(folder.resolve("README"))
                            && tree.text(folder.resolve("config"))
                                    .filter(text -> text.startsWith("[repository]"))
                                    .isPresent();
            return isBorg ? Optional.of("borg") : Optional.empty();
        }

        List<Repository> repositories() {
            var found = new TreeMap<String, Repository>();
            named.forEach((repository, places) ->
                    found.put(
                            repository.tool() + " " + repository.location(),
                            examined(repository, List.copyOf(places))));
            return List.copyOf(found.values());
        }

        private Repository examined(BackupText.Named repository, List<String> places) {
            var restic = repository.tool().equals("restic");
            var folder = tree.at(repository.location().replaceFirst("^local:", ""));
            var contents = folder.resolve(restic ? "snapshots" : "data");
            var reach = reach(repository.location(), folder, contents);
            var files =
                    reach == Reach.LOOKED_INTO
                            ? files(restic ? contents : folder)
                            : List.<Path>of();
            return new Repository(
                    repository.tool(),
                    Mask.of(repository.location()),
                    places,
                    reach,
                    files.stream()
                            .map(tree::modified)
                            .flatMap(Optional::stream)
                            .max(Comparator.<Instant>naturalOrder()),
                    restic && reach == Reach.LOOKED_INTO
                            ? Optional.of(files.size())
                            : Optional.empty());
        }

        private Reach reach(String location, Path folder, Path contents) {
            if (!location.matches("(local:)?/.*")) {
                return Reach.ELSEWHERE;
            }
            if (Files.notExists(folder)) {
                return Reach.MISSING;
            }
            if (!Files.isReadable(contents)) {
                tree.note(tree.name(folder) + ": this user may not look into the repository");
                return Reach.FORBIDDEN;
            }
            return Reach.LOOKED_INTO;
        }

        /**
         * Of restic its snapshots; of borg what each commit writes anew: index, hints, integrity.
         */
        private List<Path> files(Path folder) {
            return tree.entries(folder).stream()
                    .filter(Files::isRegularFile)
                    .filter(file ->
                            folder.endsWith("snapshots")
                                    || String.valueOf(file.getFileName())
                                            .matches("(index|hints|integrity)\\.[0-9]+"))
                    .toList();
        }
    }
}
