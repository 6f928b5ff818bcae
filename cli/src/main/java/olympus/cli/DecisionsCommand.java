package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows the decision log. */
@Command(
        description =
                "Shows the decision log: what was done, on which system, why, and what came of it; newest last.")
final class DecisionsCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes.")
    private boolean follow;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most the newest N (1 to 1000). Default: 50.")
    private int limit = 50;

    DecisionsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        if (follow) {
            api.stream("/decisions", this::event);
        } else {
            session.print(options, api.get("/decisions?limit=" + limit).body(), this::oldestFirst);
        }
        return ExitCodes.OK;
    }

    private boolean event(String name, String data, String id) {
        session.printNext(options, JSON.readTree(data), this::line);
        return !session.console().out().checkError();
    }

    private void oldestFirst(JsonNode body) {
        var decisions = body.path("decisions");
        for (var i = decisions.size() - 1; i >= 0; i--) {
            line(decisions.get(i));
        }
    }

    private static String where(String node) {
        return node.isEmpty() ? "" : " on " + node;
    }

    private void line(JsonNode decision) {
        session.say(
                "%s  %-14s %s %s%s: %s; %s"
                        .formatted(
                                Ages.local(decision.path("at").asString("")),
                                decision.path("actor").asString(""),
                                decision.path("action").asString(""),
                                decision.path("subject").asString(""),
                                where(decision.path("node").asString("")),
                                decision.path("why").asString(""),
                                decision.path("result").asString("")));
    }
}
