package olympus.cli;

import tools.jackson.databind.JsonNode;

/** Turns a problem+json answer into what a person reads. */
final class ProblemText {

    private ProblemText() {}

    static String of(JsonNode problem, int status, String request, ServerAddress server) {
        var text = new StringBuilder();
        var detail = problem.path("detail").asString("");
        text.append(
                detail.isEmpty()
                        ? "%s answered %d to %s".formatted(server.base(), status, request)
                        : detail);
        for (var item : problem.path("problems")) {
            text.append('\n').append(item.path("file").asString(""));
            if (item.path("line").asInt(0) > 0) {
                text.append(':')
                        .append(item.path("line").asInt())
                        .append(':')
                        .append(item.path("column").asInt());
            }
            text.append(": ").append(item.path("message").asString(""));
        }
        if (status == 401) {
            text.append("\nThe token came from ").append(server.token().origin()).append('.');
        }
        return text.toString();
    }
}
