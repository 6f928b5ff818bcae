package olympus.cli;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** What every command works with: the terminal, and the way to the server that its options name. */
record Session(Console console, ServerFinder finder) {

    Api api(CommonOptions options) {
        return new Api(finder.find(options.given()), CommonOptions.DEFAULT_TIMEOUT);
    }

    /** Prints {@code body} as JSON or YAML, or lets {@code table} print it for people. */
    void print(CommonOptions options, JsonNode body, Consumer<JsonNode> table) {
        switch (options.output) {
            case TABLE -> table.accept(body);
            case JSON -> console.out().println(body.toPrettyString());
            case YAML -> console.out().print(YamlText.of(body));
        }
        console.out().flush();
    }

    void say(String line) {
        console.out().println(line);
        console.out().flush();
    }

    /** The full id of a service that may be given without its stack when that is unambiguous. */
    String serviceId(Api api, String given) {
        if (given.contains("/")) {
            return given;
        }
        var matches = services(api).filter(id -> id.endsWith("/" + given)).toList();
        return switch (matches.size()) {
            case 1 -> matches.getFirst();
            case 0 -> throw new CommandFailure(ExitCodes.FAILED, noSuchService(api, given));
            default ->
                    throw new CommandFailure(
                            ExitCodes.FAILED,
                            "\"%s\" is ambiguous: give one of %s"
                                    .formatted(given, String.join(", ", matches)));
        };
    }

    private String noSuchService(Api api, String given) {
        List<String> known = services(api).limit(20).toList();
        return known.isEmpty()
                ? "there is no service \"%s\": nothing has been applied yet".formatted(given)
                : "there is no service \"%s\"; there are: %s"
                        .formatted(given, String.join(", ", known));
    }

    private static java.util.stream.Stream<String> services(Api api) {
        var list = api.list("/services", "services").path("services");
        return StreamSupport.stream(list.spliterator(), false)
                .map(item -> item.path("service").asString());
    }
}
