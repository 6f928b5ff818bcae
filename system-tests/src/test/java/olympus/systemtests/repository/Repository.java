package olympus.systemtests.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkout that people write: everything but build products and the folders of
 * tools.
 *
 * @param texts contents of all text files by their path relative to the root, with slashes
 * @param sources the Java files among them
 */
record Repository(Path root, Map<String, String> texts, List<JavaSource> sources) {

    private static final Set<String> SKIPPED_FOLDERS = Set.of("target", "node_modules", "dist");
    private static final Set<String> KEPT_HIDDEN_FOLDERS = Set.of(".ci", ".mvn");
    private static final long LARGEST_TEXT_BYTES = 4L << 20;

    Repository {
        texts = Map.copyOf(texts);
        sources = List.copyOf(sources);
    }

    static Repository read(Path root) {
        var texts = new TreeMap<String, String>();
        var java = new ArrayList<Path>();
        for (var file : files(root)) {
            var name = root.relativize(file).toString().replace('\\', '/');
            var text = text(file);
            if (text != null) {
                texts.put(name, text);
            }
            if (name.endsWith(".java")) {
                java.add(file);
            }
        }
        return new Repository(
                root, texts, java.isEmpty() ? List.of() : JavaSource.parse(root, java));
    }

    /** The lines of a text file that belongs to the repository; none when the file is absent. */
    List<String> lines(String file) {
        return texts.getOrDefault(file, "").lines().toList();
    }

    private static List<Path> files(Path root) {
        var files = new ArrayList<Path>();
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path folder, BasicFileAttributes attributes) {
                            return folder.equals(root) || isOurs(folder)
                                    ? FileVisitResult.CONTINUE
                                    : FileVisitResult.SKIP_SUBTREE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()
                                    && attributes.size() <= LARGEST_TEXT_BYTES) {
                                files.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static boolean isOurs(Path folder) {
        var name = folder.getFileName().toString();
        return name.startsWith(".")
                ? KEPT_HIDDEN_FOLDERS.contains(name)
                : !SKIPPED_FOLDERS.contains(name);
    }

    private static @Nullable String text(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException binary) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
