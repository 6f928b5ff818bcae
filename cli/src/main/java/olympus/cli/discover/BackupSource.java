package olympus.cli.discover;

import java.nio.file.Path;
import java.util.List;

/** What is scheduled to run a backup tool: by that, data counts as backed up. */
final class BackupSource implements Source {

    static final String NAME = "backups";

    private final Path root;

    BackupSource(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sight look() {
        var tree = new FileTree(root);
        var texts = new BackupTexts(tree);
        texts.read();
        return new Sight.Seen(Inventory.ofBackups(List.of(), texts.jobs()), tree.unseen());
    }
}
