package olympus.model.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Finds where the files of a stack say which image a service has, and puts another one there:
 * everything else stays as it is, byte for byte.
 */
public final class ImageLines {

    private static final int MAX_EXTENDS = 10;
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");

    private ImageLines() {}

    /** Where an image is named. */
    public sealed interface Found {

        /**
         * In a file.
         *
         * @param line counted from 1
         * @param from first code point of the value, with its quotes
         * @param to the code point behind it
         */
        record At(Path file, int line, String image, int from, int to) implements Found {

            /** Writes the file with another image in this place. */
            public void replace(String image) {
                try {
                    var text = Files.readString(file, StandardCharsets.UTF_8);
                    var start = text.offsetByCodePoints(0, from + skipped(text));
                    var end = text.offsetByCodePoints(0, to + skipped(text));
                    var old = text.substring(start, end);
                    var quote = old.startsWith("\"") ? "\"" : old.startsWith("'") ? "'" : "";
                    Files.writeString(
                            file,
                            text.substring(0, start) + quote + image + quote + text.substring(end),
                            StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot write " + file, e);
                }
            }
        }

        /**
         * By variables.
         *
         * @param setAt {@code file:line} where the first of them is set, if that is in the folder's
         *     {@code .env}
         */
        record ByVariable(Path file, int line, String text, String variable, Optional<String> setAt)
                implements Found {}

        record Nowhere(String why) implements Found {}
    }

    /** In the files of a stack, the last of which says most. */
    public static Found find(List<Path> files, String service) {
        for (var file : files.reversed()) {
            if (Files.isRegularFile(file)) {
                var found = find(file, service, 0);
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        return new Found.Nowhere("no image of service %s is named in %s".formatted(service, files));
    }

    private static Optional<Found> find(Path file, String service, int depth) {
        if (depth > MAX_EXTENDS) {
            return Optional.empty();
        }
        try {
            return root(file)
                    .flatMap(root -> child(root, "services"))
                    .flatMap(services -> child(services, service))
                    .flatMap(declared -> inService(file, declared, depth));
        } catch (YamlEngineException e) {
            return Optional.of(new Found.Nowhere("%s is no YAML: %s".formatted(file, e)));
        }
    }

    private static Optional<Found> inService(Path file, Node declared, int depth) {
        var image = child(declared, "image");
        if (image.isPresent()) {
            return image.filter(ScalarNode.class::isInstance)
                    .map(node -> at(file, (ScalarNode) node));
        }
        var base = child(declared, "extends");
        if (base.isEmpty()) {
            return Optional.empty();
        }
        var other =
                base.get() instanceof ScalarNode name
                        ? Optional.of(name.getValue())
                        : child(base.get(), "service").flatMap(ImageLines::text);
        var elsewhere = child(base.get(), "file").flatMap(ImageLines::text);
        var in = elsewhere.map(name -> file.resolveSibling(name)).orElse(file);
        return other.filter(_ -> Files.isRegularFile(in))
                .flatMap(name -> find(in, name, depth + 1));
    }

    private static Found at(Path file, ScalarNode image) {
        var start = image.getStartMark().orElseThrow();
        var end = image.getEndMark().orElseThrow();
        var variable = VARIABLE.matcher(image.getValue().replace("$$", ""));
        if (variable.find()) {
            return new Found.ByVariable(
                    file,
                    start.getLine() + 1,
                    image.getValue(),
                    variable.group(1),
                    setAt(file.resolveSibling(".env"), variable.group(1)));
        }
        return new Found.At(
                file, start.getLine() + 1, image.getValue(), start.getIndex(), end.getIndex());
    }

    private static Optional<String> setAt(Path file, String variable) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var lines = read(file).lines().toList();
        for (var number = lines.size(); number > 0; number--) {
            var line = lines.get(number - 1).strip();
            if (line.matches("(export\\s+)?" + variable + "\\s*=.*")) {
                return Optional.of(file + ":" + number);
            }
        }
        return Optional.empty();
    }

    // ---- YAML

    private static Optional<Node> root(Path file) {
        var text = read(file);
        var settings = LoadSettings.builder().setUseMarks(true).build();
        return new Compose(settings).composeString(text.substring(skipped(text)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** A byte order mark in front is no part of the text. */
    private static int skipped(String text) {
        return text.startsWith("\uFEFF") ? 1 : 0;
    }

    private static Optional<String> text(Node node) {
        return node instanceof ScalarNode scalar
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    /** The value of a key, which may also come by {@code <<}. */
    private static Optional<Node> child(Node node, String name) {
        if (!(node instanceof MappingNode mapping)) {
            return Optional.empty();
        }
        for (var entry : mapping.getValue()) {
            if (text(entry.getKeyNode()).filter(name::equals).isPresent()) {
                return Optional.of(entry.getValueNode());
            }
        }
        for (var entry : mapping.getValue()) {
            if (text(entry.getKeyNode()).filter("<<"::equals).isPresent()) {
                var merged = merged(entry.getValueNode(), name);
                if (merged.isPresent()) {
                    return merged;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Node> merged(Node node, String name) {
        if (node instanceof SequenceNode several) {
            return several.getValue().stream()
                    .map(one -> child(one, name))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        return child(node, name);
    }
}
