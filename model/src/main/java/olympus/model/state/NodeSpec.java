package olympus.model.state;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import olympus.model.NodeId;

/**
 * What people want of a node. A node without one has no labels of theirs and takes instances.
 *
 * @param labels at most {@link #MOST_LABELS}; see {@link Label}
 * @param withdrawal why it takes no new instances; empty when it takes them
 */
public record NodeSpec(NodeId node, Map<String, String> labels, Optional<Withdrawal> withdrawal) {

    public static final int MOST_LABELS = 64;

    public NodeSpec {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Of which nobody wants anything. */
    public static NodeSpec of(NodeId node) {
        return new NodeSpec(node, Map.of(), Optional.empty());
    }

    public NodeSpec withWithdrawal(Optional<Withdrawal> next) {
        return new NodeSpec(node, labels, next);
    }

    /** How far a node is taken out of use. */
    public enum Kind {
        /** What runs there stays. */
        CORDON,
        /** What can run elsewhere is moved. */
        DRAIN,
        /** As drain; besides, nobody is troubled by the node's being away. */
        MAINTENANCE
    }

    /**
     * A person's order to take a node out of use.
     *
     * @param force whether instances are moved at once, whatever that does to their services
     */
    public record Withdrawal(Kind kind, String by, Instant since, String reason, boolean force) {

        /** Whether instances are to leave. */
        public boolean isEmptying() {
            return kind != Kind.CORDON;
        }

        /** As in "it is being drained by user:ana (new disk)". */
        public String words() {
            var done =
                    switch (kind) {
                        case CORDON -> "it is cordoned by ";
                        case DRAIN -> "it is being drained by ";
                        case MAINTENANCE -> "it is in maintenance, by ";
                    };
            return done + by + (reason.isEmpty() ? "" : " (" + reason + ")");
        }
    }

    /** What may stand in a label. */
    public static final class Label {

        public static final int LONGEST_VALUE = 255;

        private static final Pattern KEY =
                Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");

        private Label() {}

        /** What is wrong with a label, in words; empty when nothing is. */
        public static Optional<String> problem(String key, String value) {
            if (!KEY.matcher(key).matches()) {
                return Optional.of(
                        "not a label: \"%s\"; expected 1 to 63 letters, digits, \".\", \"_\", \"/\" or \"-\", the first and last a letter or digit"
                                .formatted(key));
            }
            if (value.length() > LONGEST_VALUE
                    || value.chars().anyMatch(c -> c == ',' || Character.isISOControl(c))) {
                return Optional.of(
                        "the value of label %s has %d characters, a comma or a control character; expected at most %d, all printable, without commas"
                                .formatted(key, value.length(), LONGEST_VALUE));
            }
            return Optional.empty();
        }
    }
}
