package olympus.model;

import java.util.regex.Pattern;

/**
 * Names one version of a secret without containing it: what declarations, plans, history, logs and
 * agents' disks hold instead of the clear text.
 *
 * @param stack the stack that declares it
 * @param name the name in {@code secrets:}, or {@code service/env_file-key} for a value read from
 *     an env_file
 * @param fingerprint keyed hash (HMAC, island key) of the clear text, first 16 hex digits: tells a
 *     change, reveals nothing
 */
public record SecretRef(StackName stack, String name, String fingerprint) {

    /** A name in {@code secrets:}. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** What a name in {@code secrets:} may be, for people. */
    public static final String NAME_WORDS =
            "1 to 63 letters, digits and ._-, beginning with a letter or digit";
}
