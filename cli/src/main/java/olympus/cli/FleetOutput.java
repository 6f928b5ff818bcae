package olympus.cli;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What many machines write, as it comes: each line behind its node's name, what a command writes as
 * an error on standard error; there, too, how it ended where that was not with 0, and how many
 * nodes did what. Threading: one thread.
 */
final class FleetOutput {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Outcomes in the order in which they are counted, by the member of the summary. */
    private static final Map<String, String> COUNTS = counts();

    /** Characters of a node's id that tell it apart from another of the same name. */
    private static final int SHORT_ID = 8;

    private final Session session;
    private final CommonOptions options;
    private final Map<String, String> prefixes = new HashMap<>();
    private Optional<JsonNode> summary = Optional.empty();

    FleetOutput(Session session, CommonOptions options) {
        this.session = session;
        this.options = options;
    }

    private static Map<String, String> counts() {
        var counts = new LinkedHashMap<String, String>();
        counts.put("succeeded", "succeeded");
        counts.put("failed", "failed");
        counts.put("refused", "refused");
        counts.put("timedOut", "timed out");
        counts.put("unreachable", "unreachable");
        return counts;
    }

    /** Takes an event; false when nobody reads any more. */
    boolean event(String name, String data, String id) {
        var item = JSON.readTree(data);
        if (name.equals("error")) {
            throw new CommandFailure(ExitCodes.FAILED, item.path("detail").asString(data));
        }
        if (name.equals("nodes")) {
            prefix(item.path("nodes"));
        }
        if (name.equals("summary")) {
            summary = Optional.of(item);
        }
        var shown = JSON.createObjectNode().put("event", name);
        if (item instanceof ObjectNode object) {
            shown.setAll(object);
        }
        session.printNext(options, shown, _ -> tell(name, item));
        return !session.console().out().checkError();
    }

    /** All as wide as the widest, so that what they write stands in one column. */
    private void prefix(JsonNode nodes) {
        var seen = new HashSet<String>();
        var twice = new HashSet<String>();
        nodes.forEach(node -> {
            if (!seen.add(text(node, "node"))) {
                twice.add(text(node, "node"));
            }
        });
        nodes.forEach(node -> {
            var name = text(node, "node");
            var id = text(node, "id");
            prefixes.put(
                    id,
                    twice.contains(name)
                            ? "%s(%s)"
                                    .formatted(
                                            name, id.substring(0, Math.min(SHORT_ID, id.length())))
                            : name);
        });
        var width = prefixes.values().stream().mapToInt(String::length).max().orElse(0);
        prefixes.replaceAll((_, name) -> name + " ".repeat(width - name.length()) + " | ");
    }

    private void tell(String name, JsonNode item) {
        switch (name) {
            case "output" -> {
                var line = prefixOf(item) + printable(text(item, "text"));
                if (text(item, "stream").equals("stderr")) {
                    err(line);
                } else {
                    session.say(line);
                }
            }
            case "result" -> result(item);
            case "summary" -> err(summary(item));
            default -> {
                // The list of nodes is told by what they write; what is not known yet is left out.
            }
        }
    }

    private void result(JsonNode item) {
        if (item.path("truncated").asBoolean(false)) {
            err(
                    prefixOf(item)
                            + "(it wrote more than is passed on of one node; the rest is left out)");
        }
        var outcome = text(item, "outcome");
        if (!outcome.equals("succeeded")) {
            var why =
                    item.path("exitCode").isNumber()
                            ? "exited with " + item.path("exitCode").asInt()
                            : text(item, "reason");
            err("%s%s: %s".formatted(prefixOf(item), outcome.replace('_', ' '), printable(why)));
        }
    }

    private static String summary(JsonNode item) {
        var counted = new StringJoiner(", ");
        COUNTS.forEach((member, word) -> {
            var count = item.path(member).asInt(0);
            if (count > 0) {
                counted.add(count + " " + word);
            }
        });
        var nodes = item.path("nodes").asInt(0);
        return "%d %s: %s".formatted(nodes, nodes == 1 ? "node" : "nodes", counted);
    }

    private void err(String line) {
        // Lines of both kinds stand in the order in which they came.
        session.console().out().flush();
        session.console().err().println(line);
        session.console().err().flush();
    }

    private String prefixOf(JsonNode item) {
        return prefixes.getOrDefault(text(item, "id"), text(item, "node") + " | ");
    }

    /** Without what would move the cursor or colour what other nodes write. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cc}&&[^\\t]]", "\uFFFD");
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).asString("");
    }

    /** 0 when it has succeeded on every node. */
    int exitCode() {
        var all =
                summary.orElseThrow(() ->
                        new CommandFailure(
                                ExitCodes.FAILED,
                                "the server went away before every node had answered; what came of it there is not known. See: olympus audit"));
        return all.path("succeeded").asInt(-1) == all.path("nodes").asInt(0)
                ? ExitCodes.OK
                : ExitCodes.FAILED;
    }
}
