package olympus.server.tokens;

/**
 * Who has brought a right token.
 *
 * @param name of the token, in audit and decisions
 */
public record TokenHolder(String name, Role role) {}
