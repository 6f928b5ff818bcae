package olympus.cli.discover;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import olympus.cli.discover.Inventory.Reach;
import olympus.cli.discover.Inventory.Repository;
import olympus.foundation.Mask;

/**
 * Repositories of restic and borg: those that schedules, scripts and settings name, and those that
 * lie in usual folders. Reads no password and contacts no other machine. A source of its own,
 * because a folder of another machine may hang.
 */
final class RepositorySource implements Source {

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

    /** Full of folders, none of which anybody chose. */
    private static final Set<String> NOT_SEARCHED =
            Set.of(
                    "/var/lib/docker",
                    "/var/lib/containers",
                    "/var/lib/containerd",
                    "/var/lib/kubelet",
                    "/var/lib/dpkg",
                    "/var/lib/apt",
                    "/var/lib/systemd");

    private static final int SEARCH_DEPTH = 3;
    private static final int MAX_FOLDERS = 20_000;

    private final Path root;

    RepositorySource(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return "repositories";
    }

    @Override
    public Sight look() {
        var texts = new BackupTexts(new FileTree(root));
        texts.read();
        var tree = new FileTree(root);
        var search = new Search(tree, texts.named());
        SEARCHED.forEach(folder -> search.folder(tree.at(folder), SEARCH_DEPTH));
        return new Sight.Seen(Inventory.ofBackups(search.repositories(), List.of()), tree.unseen());
    }

    /** Repositories found so far. */
    private static final class Search {

        private final FileTree tree;
        private final Map<BackupText.Named, Set<String>> named;
        private int folders;

        Search(FileTree tree, Map<BackupText.Named, Set<String>> named) {
            this.tree = tree;
            this.named = new LinkedHashMap<>(named);
        }

        /** Looks for repositories by their marker files, into no link. */
        void folder(Path folder, int depth) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || NOT_SEARCHED.contains(tree.name(folder))) {
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
