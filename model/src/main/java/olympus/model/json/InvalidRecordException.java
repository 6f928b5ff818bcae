package olympus.model.json;

import java.util.List;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.Problem;

/**
 * A JSON text is not the record it was read as. Carries every problem found, each with its path.
 */
public final class InvalidRecordException extends OlympusException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidRecordException(String what, List<Problem> problems) {
        super(
                ErrorCode.INVALID,
                "cannot read "
                        + what
                        + ": "
                        + problems.stream()
                                .map(Problem::toString)
                                .collect(Collectors.joining(" | ")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
