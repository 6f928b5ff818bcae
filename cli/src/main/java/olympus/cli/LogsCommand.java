package olympus.cli;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows what a service wrote. */
@Command(description = "Shows the output of a service's instances.")
final class LogsCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "SERVICE",
            description = "stack/service, or an unambiguous service name")
    private String service = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes.")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "5m",
            description = "Only lines that are younger: a duration or an RFC 3339 instant.")
    private @Nullable String since;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "N",
            description = "Only the last N lines. Default: 100 without --since.")
    private @Nullable Integer tail;

    LogsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var id = session.serviceId(api, service);
        var parameters = new LinkedHashMap<String, Optional<String>>();
        parameters.put("since", Optional.ofNullable(since));
        parameters.put("tail", tailParameter());
        if (follow) {
            parameters.put("follow", Optional.of("true"));
            api.stream("/services/" + id + "/logs" + Api.query(parameters), this::event);
        } else {
            var body = api.get("/services/" + id + "/logs" + Api.query(parameters)).body();
            session.print(options, body, lines -> lines.path("lines").forEach(this::line));
        }
        return ExitCodes.OK;
    }

    private Optional<String> tailParameter() {
        if (tail != null) {
            return Optional.of(tail.toString());
        }
        return since == null ? Optional.of("100") : Optional.empty();
    }

    private boolean event(String name, String data, String id) {
        if (name.equals("error")) {
            throw new CommandFailure(
                    ExitCodes.FAILED, JSON.readTree(data).path("detail").asString(data));
        }
        if (options.output == OutputFormat.JSON) {
            session.say(data);
        } else {
            line(JSON.readTree(data));
        }
        return !session.console().out().checkError();
    }

    private void line(JsonNode line) {
        session.say(
                "%s %s %s"
                        .formatted(
                                Ages.local(line.path("at").asString("")),
                                line.path("instance").asString(""),
                                line.path("text").asString("")));
    }
}
