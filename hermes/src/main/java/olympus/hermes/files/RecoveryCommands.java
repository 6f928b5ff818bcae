package olympus.hermes.files;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The commands that examine and repair one store, whole, so that what a message says works as it is
 * typed.
 *
 * @param dataFolder the folder that {@code --data-dir} names; empty for a store that has no files
 */
public record RecoveryCommands(Optional<Path> dataFolder) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+:@%=-]+");

    /** Of the store whose files lie as {@code layout} says: {@code D/hermes}. */
    public static RecoveryCommands of(StoreLayout layout) {
        return new RecoveryCommands(
                Optional.ofNullable(layout.folder().toAbsolutePath().normalize().getParent()));
    }

    /** Of the store in {@code folder}, if it has files. */
    public static RecoveryCommands in(Optional<Path> folder) {
        return folder.map(present -> of(new StoreLayout(present)))
                .orElseGet(() -> new RecoveryCommands(Optional.empty()));
    }

    /** Looks at everything, changes nothing. */
    public String verify() {
        return "olympus store verify" + where();
    }

    /** Gives up {@code index} and everything behind it. */
    public String truncateAt(long index) {
        return "olympus store repair" + where() + " --truncate-at " + index;
    }

    /** Accepts the log as it ends. */
    public String truncateAtEnd() {
        return "olympus store repair" + where() + " --truncate-at end";
    }

    /** Has apply pass over one entry. */
    public String skip(long index) {
        return "olympus store skip-entry" + where() + " --reason 'it cannot be applied' " + index;
    }

    /** Both commands need the folder for themselves; ends with the one that mends. */
    public String lookThen(String mend) {
        return "With no server on the folder (services keep running without), look first: %s; then: %s"
                .formatted(verify(), mend);
    }

    private String where() {
        return dataFolder.map(folder -> " --data-dir " + quoted(folder.toString())).orElse("");
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
