package olympus.model;

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
public record SecretRef(StackName stack, String name, String fingerprint) {}
