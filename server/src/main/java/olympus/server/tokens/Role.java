package olympus.server.tokens;

import java.util.Optional;
import olympus.model.json.EnumWords;

/** How much the holder of an API token may do. Each may do all that those before it may. */
public enum Role {
    /** Reads, and changes nothing. */
    VIEWER,
    /** Orders what shall run, and how: stacks, services, instances, whether nodes take any. */
    OPERATOR,
    /** Decides who belongs to the island and who may order, and orders what cannot be undone. */
    ADMIN;

    /** Whether who has this role may do what needs {@code other}. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /** As people write it. */
    public String word() {
        return EnumWords.of(this);
    }

    public static Optional<Role> parse(String word) {
        for (var role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
