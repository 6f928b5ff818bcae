package olympus.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** {@code olympus plan --what-if}: what would happen to what is applied now. */
final class Suppositions {

    /** What may be supposed, and what the API calls it. */
    private static final Map<String, String> KINDS = kinds();

    static final String EXPECTED =
            "node-lost=NODE, node-drained=NODE or server-lost=SERVER (see: olympus servers)";

    private static final Set<String> GRAVE = Set.of("stops", "no_orders", "cut_off");

    private Suppositions() {}

    private static Map<String, String> kinds() {
        var kinds = new LinkedHashMap<String, String>();
        kinds.put("node-lost", "lost");
        kinds.put("node-drained", "drained");
        kinds.put("server-lost", "stopped");
        return kinds;
    }

    /** The path of the API that answers these. */
    static String path(List<String> given) {
        var byParameter = new LinkedHashMap<String, List<String>>();
        for (var one : given) {
            var equals = one.indexOf('=');
            var kind = equals < 0 ? null : KINDS.get(one.substring(0, equals));
            var name = one.substring(equals + 1);
            if (kind == null || name.isEmpty() || name.contains(",")) {
                throw new CommandFailure(
                        ExitCodes.USAGE, "--what-if %s: expected %s".formatted(one, EXPECTED));
            }
            byParameter.computeIfAbsent(kind, _ -> new ArrayList<>()).add(name);
        }
        return "/what-if?"
                + byParameter.entrySet().stream()
                        .map(each ->
                                each.getKey() + "=" + Api.escape(String.join(",", each.getValue())))
                        .collect(Collectors.joining("&"));
    }

    static void print(Session session, JsonNode answer) {
        var orders = answer.path("orders").asString("");
        if (!orders.isEmpty()) {
            session.say("orders: " + orders);
        }
        var table = new Table("INSTANCE", "NODE", "WOULD", "BECAUSE");
        var staying = 0;
        for (var fate : answer.path("instances")) {
            if (fate.path("outcome").asString().equals("stays") && why(fate).isEmpty()) {
                staying++;
            } else {
                table.row(
                        fate.path("instance").asString(),
                        fate.path("node").asString(),
                        would(fate),
                        why(fate));
            }
        }
        table.print(session.console().out());
        session.say("%d more go on where they are".formatted(staying));
        losses(session, answer.path("services"));
    }

    private static void losses(Session session, JsonNode losses) {
        if (!losses.isEmpty()) {
            session.say("");
            var table = new Table("SERVICE", "WOULD", "INSTANCES", "BECAUSE");
            losses.forEach(loss -> table.row(row(loss)));
            table.print(session.console().out());
        }
    }

    private static String[] row(JsonNode loss) {
        return new String[] {
            loss.path("service").asString(),
            gravity(loss.path("gravity").asString()),
            "%d lost, %d left, %d moved"
                    .formatted(
                            loss.path("lost").asInt(),
                            loss.path("left").asInt(),
                            loss.path("moved").asInt()),
            why(loss)
        };
    }

    private static String why(JsonNode told) {
        return told.path("why").asString("");
    }

    private static String would(JsonNode fate) {
        return switch (fate.path("outcome").asString()) {
            case "moves" -> "run on " + fate.path("target").asString();
            case "waits" -> "wait";
            case "ends" -> "end";
            case "stays" -> "stay";
            default -> fate.path("outcome").asString();
        };
    }

    /** Whether some part of the island alone is missed until it is back. */
    static boolean anyGrave(JsonNode answer) {
        return answer.path("points")
                .valueStream()
                .map(point -> point.path("gravity").asString())
                .anyMatch(GRAVE::contains);
    }

    /** How grave it is, in words for people. */
    static String gravity(String word) {
        return switch (word) {
            case "stops" -> "stop";
            case "no_orders" -> "take no orders";
            case "cut_off" -> "be out of reach";
            case "down_until_moved" -> "be down until moved";
            case "twice" -> "run twice";
            case "degraded" -> "be degraded";
            case "fine" -> "go on";
            default -> word;
        };
    }
}
