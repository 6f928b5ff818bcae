package olympus.model;

import java.util.regex.Pattern;

/**
 * The name of a stack: that of its folder. 1 to 63 of {@code a-z 0-9 - _}, beginning with a letter
 * or digit.
 */
public record StackName(String value) implements Comparable<StackName> {

    public static final Pattern PATTERN = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public StackName {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not a stack name: \""
                            + value
                            + "\"; expected 1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit");
        }
    }

    @Override
    public int compareTo(StackName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
