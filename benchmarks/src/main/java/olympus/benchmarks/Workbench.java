package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a benchmark works with: a folder of its own, which is removed afterwards together with every
 * process that still works in it, and the list that takes its figures.
 *
 * @param root of the checkout
 * @param folder empty at the start
 * @param profiles where recordings go; they are wanted when this folder exists
 */
record Workbench(Path root, Path folder, Path profiles, List<Figure> figures) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Workbench in(Path root, Path folder, Path profiles) {
        return new Workbench(root, folder, profiles, new ArrayList<>());
    }

    void report(Figure figure) {
        figures.add(figure);
        progress(
                "%s: p50 %s, p99 %s, max %s %s %s"
                        .formatted(
                                figure.name(),
                                Figure.number(figure.spread().p50()),
                                Figure.number(figure.spread().p99()),
                                Figure.number(figure.spread().max()),
                                figure.unit(),
                                figure.verdict()));
    }

    /** Tells the person who waits what is going on. */
    void progress(String line) {
        System.err.println("    " + line);
    }

    boolean profiling() {
        return Files.isDirectory(profiles);
    }

    /** Where the parent process finds the figures. */
    static Path figuresFile(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".figures");
    }

    void write() throws IOException {
        Files.writeString(figuresFile(folder), JSON.writeValueAsString(figures));
    }

    static List<Figure> read(Path folder) throws IOException {
        return List.of(JSON.readValue(Files.readString(figuresFile(folder)), Figure[].class));
    }
}
