package olympus.cli;

import java.time.Instant;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Lists nodes. */
@Command(
        description = "Lists the machines that run the agent.",
        synopsisSubcommandLabel = "[COMMAND]")
final class NodesCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    NodesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.print(options, session.api(options).list("/nodes", "nodes"), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var now = Instant.now();
        var table = new Table("NODE", "STATE", "LAST SEEN", "INSTANCES", "REMARKS");
        for (var node : body.path("nodes")) {
            table.row(
                    node.path("node").asString(),
                    node.path("connected").asBoolean() ? "connected" : "away",
                    Ages.age(node.path("lastSeen").asString("never"), now),
                    node.path("instances").asString(),
                    remarks(node));
        }
        table.print(session.console().out());
    }

    private static String remarks(JsonNode node) {
        var remarks = new StringJoiner("; ");
        if (!node.path("paused").asString("").isEmpty()) {
            remarks.add("paused: " + node.path("paused").asString());
        }
        if (!node.path("brake").asString("").isEmpty()) {
            remarks.add("brake: " + node.path("brake").asString());
        }
        node.path("problems").forEach(problem -> remarks.add(problem.asString()));
        return remarks.toString();
    }
}
