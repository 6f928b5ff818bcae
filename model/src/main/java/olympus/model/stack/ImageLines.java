package olympus.model.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.foundation.Durable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
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

    /** Anchor and tag, which stand before a value. */
    private static final Pattern PROPERTIES = Pattern.compile("(?:[&!]\\S*\\s+)+");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");

    private ImageLines() {}

    /** Where an image is named. */
    public sealed interface Found {

        /**
         * In a file.
         *
         * @param line counted from 1
         * @param from first code point of the value, with its anchor, tag and quotes
         * @param to the code point behind it
         * @param others services that have their image from here too, by an anchor or {@code
         *     extends}
         */
        record At(Path file, int line, String image, int from, int to, Set<String> others)
                implements Found {

            public At {
                others = Collections.unmodifiableSortedSet(new TreeSet<>(others));
            }

            /**
             * Puts a file with another image in this place where the file was, whole, with its
             * owner and mode.
             */
            public void replace(String image) throws IOException {
                var text = Files.readString(file, StandardCharsets.UTF_8);
                var start = text.offsetByCodePoints(0, from + skipped(text));
                var end = text.offsetByCodePoints(0, to + skipped(text));
                var properties = PROPERTIES.matcher(text).region(start, end);
                if (properties.lookingAt()) {
                    start = properties.end();
                }
                var old = text.substring(start, end);
                var quote = old.startsWith("\"") ? "\"" : old.startsWith("'") ? "'" : "";
                var changed =
                        text.substring(0, start) + quote + image + quote + text.substring(end);
                Durable.replaceAlike(file, changed.getBytes(StandardCharsets.UTF_8));
            }

            private boolean isPlaceOf(Found other) {
                return other instanceof At at && at.file().equals(file) && at.from() == from;
            }

            private At sharedWith(Set<String> services) {
                return new At(file, line, image, from, to, services);
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
        try {
            return switch (place(files, service)) {
                case Found.At at -> at.sharedWith(others(files, service, at));
                case Found.ByVariable by -> by;
                case Found.Nowhere nowhere -> nowhere;
            };
        } catch (YamlEngineException e) {
            return new Found.Nowhere("one of %s is no YAML: %s".formatted(files, e.getMessage()));
        }
    }

    private static Set<String> others(List<Path> files, String service, Found.At place) {
        var others = new TreeSet<String>();
        for (var file : files) {
            if (Files.isRegularFile(file)) {
                others.addAll(services(file));
            }
        }
        others.remove(service);
        others.removeIf(other -> !place.isPlaceOf(place(files, other)));
        return others;
    }

    private static List<String> services(Path file) {
        return root(file)
                .flatMap(root -> child(root, "services"))
                .filter(MappingNode.class::isInstance)
                .map(MappingNode.class::cast)
                .map(MappingNode::getValue)
                .orElse(List.of())
                .stream()
                .map(entry -> text(entry.getKeyNode()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Found place(List<Path> files, String service) {
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
        return root(file)
                .flatMap(root -> child(root, "services"))
                .flatMap(services -> child(services, service))
                .flatMap(declared -> inService(file, declared, depth));
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
        if (image.getScalarStyle() == ScalarStyle.LITERAL
                || image.getScalarStyle() == ScalarStyle.FOLDED) {
            return new Found.Nowhere(
                    "%s:%d: the image is written as a block, which is left to you"
                            .formatted(file, start.getLine() + 1));
        }
        return new Found.At(
                file,
                start.getLine() + 1,
                image.getValue(),
                start.getIndex(),
                end.getIndex(),
                Set.of());
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
