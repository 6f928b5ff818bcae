package olympus.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists nodes, and holds the commands that say what is wanted of one. */
@Command(
        description =
                "Lists the machines that run the agent, and the members that are managed elsewhere.",
        synopsisSubcommandLabel = "[COMMAND]")
final class NodesCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY[=VALUE]",
            description = "Only nodes with this label; may be given more than once.")
    private List<String> labels = new ArrayList<>();

    private NodesCommand(Session session) {
        this.session = session;
    }

    /** Registers {@code nodes} with its subcommands. */
    static void addTo(CommandLine line, Session session) {
        var command = new CommandLine(new NodesCommand(session));
        command.addSubcommand("list", new NodesCommand(session), "ls");
        command.addSubcommand("add", new NodeAddCommand(session));
        command.addSubcommand("add-external", new NodeAddExternalCommand(session));
        command.addSubcommand("show", new NodeShowCommand(session));
        command.addSubcommand("label", new NodeLabelCommand(session));
        command.addSubcommand(
                "cordon", new WithdrawCommand(session, WithdrawCommand.Action.CORDON));
        command.addSubcommand("drain", new WithdrawCommand(session, WithdrawCommand.Action.DRAIN));
        command.addSubcommand("uncordon", new RestoreCommand(session));
        command.addSubcommand("maintenance", MaintenanceCommand.line(session));
        command.addSubcommand("remove", new NodeRemoveCommand(session), "rm");
        line.addSubcommand("nodes", command, "node");
    }

    @Override
    public Integer call() {
        var query = labels.isEmpty() ? "" : "?label=" + Api.escape(String.join(",", labels));
        session.print(options, session.api(options).list("/nodes" + query, "nodes"), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var now = Instant.now();
        var table = new Table("NODE", "STATE", "LAST SEEN", "INSTANCES", "LABELS", "REMARKS");
        for (var node : body.path("nodes")) {
            table.row(
                    node.path("node").asString(),
                    state(node),
                    node.path("external").isObject()
                            ? ""
                            : Ages.age(node.path("lastSeen").asString("never"), now),
                    node.path("instances").asString(),
                    labels(node),
                    remarks(node));
        }
        table.print(session.console().out());
    }

    /** As in "connected, draining". */
    static String state(JsonNode node) {
        if (node.path("external").isObject()) {
            return "external";
        }
        var state = node.path("connected").asBoolean() ? "connected" : "away";
        var empty = node.path("staying").isEmpty();
        return switch (node.path("withdrawal").path("kind").asString("")) {
            case "cordon" -> state + ", cordoned";
            case "drain" -> state + (empty ? ", drained" : ", draining");
            case "maintenance" -> state + ", maintenance";
            default -> state;
        };
    }

    static String labels(JsonNode node) {
        return node.path("labels")
                .propertyStream()
                .map(label -> label.getKey() + "=" + label.getValue().asString())
                .collect(Collectors.joining(","));
    }

    private static String remarks(JsonNode node) {
        var remarks = new StringJoiner("; ");
        for (var member : List.of("address", "note")) {
            var text = node.path("external").path(member).asString("");
            if (!text.isEmpty()) {
                remarks.add(text);
            }
        }
        if (!node.path("withdrawal").path("reason").asString("").isEmpty()) {
            remarks.add(node.path("withdrawal").path("reason").asString());
        }
        if (!node.path("staying").isEmpty()) {
            remarks.add("%d not gone yet".formatted(node.path("staying").size()));
        }
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
