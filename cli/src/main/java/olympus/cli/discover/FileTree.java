package olympus.cli.discover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The machine's files below a root folder, read only. What may not be read is noted instead of
 * failing. Used by one thread.
 */
final class FileTree {

    static final int MAX_FILE = 256 << 10;

    /** More entries of one folder are not looked at. */
    static final int MAX_ENTRIES = 20_000;

    private final Path root;
    private final Set<String> unseen = new LinkedHashSet<>();

    FileTree(Path root) {
        this.root = root;
    }

    /** Where {@code absolute} is below the root. */
    Path at(String absolute) {
        return root.resolve(absolute.replaceFirst("^/+", ""));
    }

    /** How a path below the root is called on the machine. */
    String name(Path path) {
        return "/" + root.relativize(path);
    }

    List<String> unseen() {
        return List.copyOf(unseen);
    }

    void note(String sentence) {
        unseen.add(sentence);
    }

    /** Empty when there is no such file, or it may not be read, which is noted. */
    Optional<String> text(Path file) {
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(MAX_FILE + 1);
            if (bytes.length > MAX_FILE) {
                note("%s: only its first %d bytes".formatted(name(file), MAX_FILE));
                return Optional.of(new String(bytes, 0, MAX_FILE, StandardCharsets.UTF_8));
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            note(name(file) + ": this user may not read it");
            return Optional.empty();
        } catch (IOException e) {
            note("%s: %s".formatted(name(file), e.getMessage()));
            return Optional.empty();
        }
    }

    /** The entries of a folder by name; none when it is not there or may not be read. */
    List<Path> entries(Path folder) {
        try (var stream = Files.newDirectoryStream(folder)) {
            var entries = new ArrayList<Path>();
            for (var entry : stream) {
                if (entries.size() == MAX_ENTRIES) {
                    note("%s: only its first %d entries".formatted(name(folder), MAX_ENTRIES));
                    break;
                }
                entries.add(entry);
            }
            entries.sort(null);
            return entries;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (AccessDeniedException e) {
            note(name(folder) + ": this user may not read it");
            return List.of();
        } catch (IOException e) {
            note("%s: %s".formatted(name(folder), e.getMessage()));
            return List.of();
        }
    }

    /** Permission bits, e.g. 0644. */
    int mode(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode") & 07777;
    }

    /** Whether the file belongs to who owns the root folder: on a real machine, to root. */
    boolean ownedByRoot(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid").equals(Files.getAttribute(root, "unix:uid"));
    }

    Optional<Instant> modified(Path file) {
        try {
            return Optional.of(
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
