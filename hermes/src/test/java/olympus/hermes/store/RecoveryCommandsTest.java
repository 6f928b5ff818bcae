package olympus.hermes.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import olympus.hermes.files.RecoveryCommands;
import olympus.hermes.files.StoreLayout;
import org.junit.jupiter.api.Test;

/** What a message advises must work as it is typed. */
final class RecoveryCommandsTest {

    @Test
    void namesTheDataFolderOfTheStore() {
        var commands = RecoveryCommands.of(new StoreLayout(Path.of("/var/lib/olympus/hermes")));

        assertThat(commands.verify()).isEqualTo("olympus store verify --data-dir /var/lib/olympus");
        assertThat(commands.truncateAt(7))
                .isEqualTo("olympus store repair --data-dir /var/lib/olympus --truncate-at 7");
        assertThat(commands.truncateAtEnd())
                .endsWith(" --data-dir /var/lib/olympus --truncate-at end");
        assertThat(commands.skip(7))
                .isEqualTo(
                        "olympus store skip-entry --data-dir /var/lib/olympus --reason 'it cannot be applied' 7");
    }

    @Test
    void quotesAFolderThatAShellWouldSplit() {
        var commands = RecoveryCommands.of(new StoreLayout(Path.of("/srv/ana's data/hermes")));

        assertThat(commands.verify())
                .isEqualTo("olympus store verify --data-dir '/srv/ana'\\''s data'");
    }

    @Test
    void ofAStoreWithoutFilesNamesNoFolder() {
        assertThat(new RecoveryCommands(Optional.empty()).verify())
                .isEqualTo("olympus store verify");
    }
}
