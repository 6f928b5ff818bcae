package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.link.Pause;
import olympus.model.StackName;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;

/** What is paused on this node, kept in {@code pause.json}. Threading: the supervision loop. */
final class Pauses {

    private static final RecordCodec<Paused> CODEC = RecordCodec.of("agent-pause", 1, Paused.class);

    private final Path file;
    private Paused paused = new Paused(Optional.empty(), Map.of());

    Pauses(Path root) {
        this.file = root.resolve("pause.json");
    }

    /**
     * The content of the file.
     *
     * @param node why the whole node is paused, empty when it is not
     * @param stacks why each paused stack is, by name
     */
    record Paused(Optional<String> node, Map<String, String> stacks) {}

    /**
     * Reads the file. A damaged one pauses the node: it was there because somebody wanted a pause.
     */
    void load() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            paused = CODEC.decode(Files.readAllBytes(file));
        } catch (IOException | InvalidRecordException e) {
            paused =
                    new Paused(
                            Optional.of(
                                    "%s cannot be read (%s), so it is taken as a pause; resume to replace it"
                                            .formatted(file, e.getMessage())),
                            Map.of());
        }
    }

    /** In force even when the disk refuses to keep it; then throws {@link UncheckedIOException}. */
    void set(Pause order) {
        var stacks = new TreeMap<>(paused.stacks());
        var node = paused.node();
        if (order.stack().isPresent()) {
            var name = order.stack().get().value();
            if (order.paused()) {
                stacks.put(name, order.reason());
            } else {
                stacks.remove(name);
            }
        } else {
            node = order.paused() ? Optional.of(order.reason()) : Optional.empty();
        }
        paused = new Paused(node, stacks);
        RecordFile.replace(file, CODEC.encodeBytes(paused));
    }

    Optional<String> node() {
        return paused.node();
    }

    Optional<String> of(StackName stack) {
        return paused.node().or(() -> Optional.ofNullable(paused.stacks().get(stack.value())));
    }

    /** For the node's report: the node's pause, or which stacks are paused. */
    Optional<String> summary() {
        if (paused.node().isPresent() || paused.stacks().isEmpty()) {
            return paused.node();
        }
        var sentences = new java.util.ArrayList<String>();
        paused.stacks()
                .forEach((stack, why) -> sentences.add("stack %s: %s".formatted(stack, why)));
        return Optional.of(String.join("; ", sentences));
    }
}
