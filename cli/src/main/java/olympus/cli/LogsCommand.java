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
            names = "--until",
            paramLabel = "1m",
            description =
                    "Only lines that are not younger: a duration or an RFC 3339 instant. Not with -f.")
    private @Nullable String until;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "N",
            description =
                    "Only the last N lines (at most 100000), with -f of each instance. Default: 100; with --since or --until all, without -f at most the newest 10000.")
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
        parameters.put("until", Optional.ofNullable(until));
        parameters.put("tail", tailParameter());
        if (follow) {
            parameters.put("follow", Optional.of("true"));
            api.stream(Api.servicePath(id) + "/logs" + Api.query(parameters), this::event);
        } else {
            var body = api.get(Api.servicePath(id) + "/logs" + Api.query(parameters)).body();
            session.print(options, body, lines -> lines.path("lines").forEach(this::line));
            whatIsMissing(body);
        }
        return ExitCodes.OK;
    }

    private void whatIsMissing(JsonNode body) {
        body.path("problems").forEach(problem -> session.remark(problem.asString("")));
        if (body.path("truncated").asBoolean(false)) {
            session.remark(
                    "older lines are left out; %d lines are known to be missing: give a shorter period, or --tail N for the last N (at most 100000)"
                            .formatted(body.path("missing").asLong(0)));
        }
    }

    private Optional<String> tailParameter() {
        if (tail != null) {
            return Optional.of(tail.toString());
        }
        return since == null && until == null ? Optional.of("100") : Optional.empty();
    }

    private boolean event(String name, String data, String id) {
        if (name.equals("error")) {
            throw new CommandFailure(
                    ExitCodes.FAILED, JSON.readTree(data).path("detail").asString(data));
        }
        var item = JSON.readTree(data);
        switch (name) {
            case "gap" -> session.remark(item.path("reason").asString(data));
            case "problem" ->
                    session.remark(
                            "%s: %s"
                                    .formatted(
                                            item.path("instance").asString(""),
                                            item.path("detail").asString(data)));
            default -> session.printNext(options, item, this::line);
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
