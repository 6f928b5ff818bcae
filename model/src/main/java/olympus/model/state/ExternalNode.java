package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.NodeId;

/**
 * A member of the inventory that is managed elsewhere: a CDN, a provider's host, a router. It is
 * listed beside the nodes; nothing is placed on it, and no order or question is sent to it. Its
 * labels stand in a {@link NodeSpec}, as those of nodes do.
 *
 * @param id made when it was added; no agent has it
 * @param name what people call it, unlike any node's
 * @param address where it is reached, in words; empty when nobody has said
 * @param note what people should know of it; may be empty
 * @param by who added it
 */
public record ExternalNode(
        NodeId id, String name, String address, String note, String by, Instant since) {

    /** So many may be listed at a time. */
    public static final int MOST = 500;

    public static final int LONGEST_ADDRESS = 255;
    public static final int LONGEST_NOTE = 500;

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    /** What is wrong with it, in words; empty when nothing is. */
    public Optional<String> problem() {
        if (!NAME.matcher(name).matches()) {
            return Optional.of(
                    "name: \"%s\" is not the name of a node; expected 1 to 63 letters, digits, \".\", \"_\" or \"-\", the first and last a letter or digit"
                            .formatted(name));
        }
        return text("address", address, LONGEST_ADDRESS).or(() -> text("note", note, LONGEST_NOTE));
    }

    private static Optional<String> text(String member, String text, int longest) {
        return text.length() <= longest && text.chars().noneMatch(Character::isISOControl)
                ? Optional.empty()
                : Optional.of(
                        "%s: it has %d characters, or one that cannot be printed; expected one line of at most %d"
                                .formatted(member, text.length(), longest));
    }

    /** Why nothing can be ordered of it or asked. */
    public String refusal() {
        return "%s is externally managed (added by %s): Olympus lists it, places nothing on it, and sends it no orders and no questions"
                .formatted(name, by);
    }
}
