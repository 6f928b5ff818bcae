package olympus.model.state;

import java.time.Instant;

/**
 * A halt of all automatic action.
 *
 * @param scope {@code all}, {@code stack:NAME} or {@code node:NAME}
 */
public record PauseRecord(String scope, String by, Instant since, String reason) {}
