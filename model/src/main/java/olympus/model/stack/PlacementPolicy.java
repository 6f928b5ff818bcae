package olympus.model.stack;

import java.util.Arrays;
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
 * @param strategy which of several nodes that would do is taken
 * @param apartFrom services of the stack with none of which it is to be on one node; this binds
 *     them too
 */
public record PlacementPolicy(
        List<Constraint> constraints,
        List<String> spread,
        Optional<Integer> maxPerNode,
        Optional<Strategy> strategy,
        List<String> apartFrom) {

    public static final PlacementPolicy ANYWHERE =
            new PlacementPolicy(List.of(), List.of(), Optional.empty());

    public PlacementPolicy {
        constraints = List.copyOf(constraints);
        spread = List.copyOf(spread);
        apartFrom = List.copyOf(apartFrom);
    }

    /** Spread over the nodes, beside whatever else is there. */
    public PlacementPolicy(
            List<Constraint> constraints, List<String> spread, Optional<Integer> maxPerNode) {
        this(constraints, spread, maxPerNode, Optional.empty(), List.of());
    }

    /** Which of several nodes that would do is taken. */
    public enum Strategy {
        /** That with the fewest instances, of the service first. */
        SPREAD,
        /** That of which the most is reserved already, so that others stay free. */
        BINPACK
    }

    public boolean isPacked() {
        return strategy.filter(s -> s == Strategy.BINPACK).isPresent();
    }

    /** What a constraint looks at. */
    public enum Attribute {
        ID("node.id"),
        NAME("node.hostname"),
        LABEL("node.labels."),
        OS("node.platform.os"),
        ARCHITECTURE("node.platform.arch"),
        CPUS("node.cpus"),
        MEMORY("node.memory");

        private final String word;

        Attribute(String word) {
            this.word = word;
        }

        /** An amount, which is compared and not only looked up. */
        public boolean isAmount() {
            return this == CPUS || this == MEMORY;
        }

        private static Attribute of(String word) {
            return Arrays.stream(values())
                    .filter(one -> one.word.equals(word))
                    .findFirst()
                    .orElse(LABEL);
        }
    }

    /**
     * {@code node.labels.role == web}, {@code node.hostname != mars}, {@code node.memory >= 8G}. A
     * node without the label has no value, which equals nothing.
     *
     * @param label the key; empty unless a label is looked at
     * @param equal whether what is said is to be so; of an amount, that it is at least the value
     *     (else: less)
     */
    public record Constraint(Attribute attribute, String label, boolean equal, String value) {

        public static final String WORDS =
                "node.labels.KEY == VALUE, node.hostname == NAME, node.id == ID, node.platform.os == OS or node.platform.arch == ARCH, each also with !=; or node.cpus >= N, node.memory >= SIZE, each also with <";

        private static final Pattern TEXT =
                Pattern.compile(
                        "(node\\.id|node\\.hostname|node\\.platform\\.(?:os|arch)|node\\.labels\\.([A-Za-z0-9][A-Za-z0-9._/-]{0,62}))\\s*(==|!=)\\s*(\\S(?:.{0,253}\\S)?)");

        private static final Pattern AMOUNT =
                Pattern.compile(
                        "(?:(node\\.cpus)\\s*(>=|<)\\s*(\\d{1,6})|(node\\.memory)\\s*(>=|<)\\s*([0-9.]{1,16}[bkmgtBKMGT]{0,2}))");

        /** Empty for what is none. */
        public static Optional<Constraint> parse(String text) {
            return amount(text.strip()).or(() -> equality(text.strip()));
        }

        private static Optional<Constraint> equality(String text) {
            var match = TEXT.matcher(text);
            if (!match.matches()) {
                return Optional.empty();
            }
            var label = Optional.ofNullable(match.group(2)).orElse("");
            var attribute = label.isEmpty() ? Attribute.of(match.group(1)) : Attribute.LABEL;
            return Optional.of(
                    new Constraint(attribute, label, match.group(3).equals("=="), match.group(4)));
        }

        private static Optional<Constraint> amount(String text) {
            var match = AMOUNT.matcher(text);
            if (!match.matches()) {
                return Optional.empty();
            }
            var first = match.group(1) == null ? 4 : 1;
            var constraint =
                    new Constraint(
                            Attribute.of(match.group(first)),
                            "",
                            match.group(first + 1).equals(">="),
                            match.group(first + 2));
            return Optional.of(constraint).filter(c -> c.amount().isPresent());
        }

        /**
         * What the node's amount is compared with: processors, or bytes of memory; empty for what
         * is no amount.
         */
        public Optional<Long> amount() {
            return switch (attribute) {
                case MEMORY -> Shapes.bytes(value);
                case CPUS ->
                        Optional.of(value)
                                .filter(text -> text.matches("\\d{1,6}"))
                                .map(Long::valueOf);
                case ID, NAME, LABEL, OS, ARCHITECTURE -> Optional.empty();
            };
        }

        /** As it is written. */
        public String text() {
            var sign = attribute.isAmount() ? equal ? ">=" : "<" : equal ? "==" : "!=";
            return "%s%s %s %s".formatted(attribute.word, label, sign, value);
        }
    }
}
