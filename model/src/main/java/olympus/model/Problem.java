package olympus.model;

/**
 * One thing that is wrong with what somebody wrote, and where.
 *
 * @param file path of the file as seen from its folder; or, when the definition came as JSON, the
 *     path of the value in it ({@code $.services.web.probe}); line and column are 0 then
 * @param line from 1
 * @param column from 1
 * @param message what is wrong, with the value that was found
 * @param expected what would have been right, empty when the message says it
 * @param suggestion the known word that was probably meant, empty when none is near
 */
public record Problem(
        String file, int line, int column, String message, String expected, String suggestion)
        implements Comparable<Problem> {

    /** A problem of a JSON value. */
    public static Problem atPath(String path, String message, String expected, String suggestion) {
        return new Problem(path, 0, 0, message, expected, suggestion);
    }

    @Override
    public int compareTo(Problem other) {
        var byFile = file.compareTo(other.file);
        if (byFile != 0) {
            return byFile;
        }
        var byLine = Integer.compare(line, other.line);
        return byLine != 0 ? byLine : Integer.compare(column, other.column);
    }

    /** {@code olympus.yaml:3:5: unknown key "comand"; expected …; did you mean "command"?}. */
    @Override
    public String toString() {
        var text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ").append(message);
        if (!expected.isEmpty()) {
            text.append("; expected ").append(expected);
        }
        if (!suggestion.isEmpty()) {
            text.append("; did you mean \"").append(suggestion).append("\"?");
        }
        return text.toString();
    }
}
