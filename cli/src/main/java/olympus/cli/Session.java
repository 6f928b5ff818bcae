package olympus.cli;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** What every command works with: the terminal, and the way to the server that its options name. */
record Session(Console console, ServerFinder finder) {

    /** More names than this are counted instead of listed in a message. */
    private static final int LISTED = 20;

    private static final Duration NODES_ANSWER_WITHIN = Duration.ofMinutes(3);

    Api api(CommonOptions options) {
        return new Api(finder.find(options.given()), CommonOptions.DEFAULT_TIMEOUT, this::remark);
    }

    /** For what nodes have to be asked, and registries by them. */
    Api patientApi(CommonOptions options) {
        return new Api(finder.find(options.given()), NODES_ANSWER_WITHIN, this::remark);
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

    /**
     * Prints one of many that come one after the other: JSON as one line, YAML as one document,
     * else as {@code table} prints it.
     */
    void printNext(CommonOptions options, JsonNode item, Consumer<JsonNode> table) {
        switch (options.output) {
            case TABLE -> table.accept(item);
            case JSON -> say(item.toString());
            case YAML -> {
                console.out().print("---\n" + YamlText.of(item));
                console.out().flush();
            }
        }
    }

    /** Tells what is no part of the output. */
    void remark(String text) {
        console.err().println("olympus: " + text);
        console.err().flush();
    }

    void say(String line) {
        console.out().println(line);
        console.out().flush();
    }

    /** The full id of a service that may be given without its stack when that is unambiguous. */
    String serviceId(Api api, String given) {
        if (GivenNames.service(given).contains("/")) {
            return given;
        }
        var matches = servicesCalled(api, given);
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

    /** The full ids of the services of any stack with that last part. */
    List<String> servicesCalled(Api api, String name) {
        return services(api).filter(id -> id.endsWith("/" + name)).toList();
    }

    private String noSuchService(Api api, String given) {
        List<String> known = services(api).toList();
        return known.isEmpty()
                ? "there is no service \"%s\": nothing has been applied yet".formatted(given)
                : "there is no service \"%s\"; there are: %s".formatted(given, listed(known));
    }

    private static String listed(List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(names.size(), LISTED)));
        return names.size() <= LISTED
                ? shown
                : "%s … and %d more (olympus status)".formatted(shown, names.size() - LISTED);
    }

    /** The ids of all services. */
    java.util.stream.Stream<String> services(Api api) {
        var list = api.list("/services", "services").path("services");
        return StreamSupport.stream(list.spliterator(), false)
                .map(item -> item.path("service").asString());
    }
}
