package olympus.hermes.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import olympus.foundation.Durable;
import org.jspecify.annotations.Nullable;

/**
 * A store's folder put in the place of another one, so that a kill at any moment leaves one of them
 * whole.
 *
 * <pre>
 *   D/hermes-building ──flushed──▶ D/hermes-ready ──▶ D/hermes
 *                                       D/hermes ──before──▶ D/hermes-before-…
 * </pre>
 *
 * The old store counts for as long as it stands in {@code D/hermes}; from the moment it was moved
 * aside the new one counts, and whoever comes next moves it to its place ({@link #settle}).
 *
 * <p>Threading: whoever holds the lock of the data folder.
 */
public final class StoreExchange {

    private final Path folder;

    /**
     * @param folder the store's, {@code D/hermes}
     */
    public StoreExchange(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** Where the new store is put together. */
    public Path building() {
        return beside("-building");
    }

    private Path ready() {
        return beside("-ready");
    }

    private Path beside(String suffix) {
        return folder.resolveSibling(folder.getFileName() + suffix);
    }

    /**
     * Finishes an exchange whose old store has been moved aside already, and removes what is left
     * of one that had not come that far.
     */
    public void settle() throws IOException {
        if (Files.exists(ready()) && !Files.exists(folder)) {
            Durable.rename(ready(), folder);
        }
        remove(ready());
        remove(building());
    }

    /** Whether the old store was moved aside and the new one is not in its place yet. */
    public boolean interrupted() {
        return Files.exists(ready()) && !Files.exists(folder);
    }

    /** Everything is in {@link #building}: makes it durable. */
    public void built() throws IOException {
        flush(building());
        Durable.rename(building(), ready());
    }

    /** Moves the old store, if there is one, to {@code D/name}. */
    public Optional<Path> moveAside(String name) throws IOException {
        if (!Files.exists(folder)) {
            return Optional.empty();
        }
        var aside = folder.resolveSibling(name);
        Durable.rename(folder, aside);
        return Optional.of(aside);
    }

    /** Moves the new store to its place. */
    public void putInPlace() throws IOException {
        Durable.rename(ready(), folder);
    }

    /** Copies a folder with all that is in it; nothing when there is none. */
    public static void copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (var paths = Files.walk(from)) {
            for (var path : (Iterable<Path>) paths::iterator) {
                var target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static void flush(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            for (var path : (Iterable<Path>) paths::iterator) {
                try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void remove(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path left, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(left);
                        return FileVisitResult.CONTINUE;
                    }
                });
        Durable.flushDirectoryOf(root);
    }
}
