package olympus.model.stack;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where instances may be, and where they had better be. Compose's {@code deploy.placement}.
 *
 * @param constraints a node must meet all of them
 * @param spread keys of labels: instances are spread over the values of the first, then of the
 *     second; nodes without the label count as one value more
 * @param maxPerNode instances of the service on one node at most
 */
public record PlacementPolicy(
        List<Constraint> constraints, List<String> spread, Optional<Integer> maxPerNode) {

    public static final PlacementPolicy ANYWHERE =
            new PlacementPolicy(List.of(), List.of(), Optional.empty());

    public PlacementPolicy {
        constraints = List.copyOf(constraints);
        spread = List.copyOf(spread);
    }

    /** What a constraint looks at. */
    public enum Attribute {
        ID("node.id"),
        NAME("node.hostname"),
        LABEL("node.labels.");

        private final String word;

        Attribute(String word) {
            this.word = word;
        }
    }

    /**
     * {@code node.labels.role == web}, {@code node.hostname != mars}. A node without the label has
     * no value, which equals nothing.
     *
     * @param label the key; empty unless a label is looked at
     */
    public record Constraint(Attribute attribute, String label, boolean equal, String value) {

        public static final String WORDS =
                "node.labels.KEY == VALUE, node.hostname == NAME or node.id == ID, each also with !=";

        private static final Pattern TEXT =
                Pattern.compile(
                        "(node\\.id|node\\.hostname|node\\.labels\\.([A-Za-z0-9][A-Za-z0-9._/-]{0,62}))\\s*(==|!=)\\s*(\\S(?:.{0,253}\\S)?)");

        /** Empty for what is none. */
        public static Optional<Constraint> parse(String text) {
            var match = TEXT.matcher(text.strip());
            if (!match.matches()) {
                return Optional.empty();
            }
            var label = Optional.ofNullable(match.group(2)).orElse("");
            var attribute =
                    match.group(1).equals(Attribute.ID.word)
                            ? Attribute.ID
                            : label.isEmpty() ? Attribute.NAME : Attribute.LABEL;
            return Optional.of(
                    new Constraint(attribute, label, match.group(3).equals("=="), match.group(4)));
        }

        /** As it is written. */
        public String text() {
            return "%s%s %s %s".formatted(attribute.word, label, equal ? "==" : "!=", value);
        }
    }
}
