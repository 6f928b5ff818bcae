package olympus.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows what each part of the island takes along when it fails, and what can be done. */
@Command(
        description = {
            "Shows what would stop, move and go on if a part of the island failed, and what to do about it.",
            "Takes away, in thought and one at a time: each node, each server, all nodes with the same value of a label (a rack is a box too), the link between each of them and all others, and the disk with each node's data folder. The planner that decides in earnest is asked; nothing is written. The gravest come first."
        },
        footer =
                "%nExamples:%n  olympus doctor topology%n  olympus doctor topology --by rack,site --exit-code%n  olympus doctor topology -o json")
final class TopologyCommand implements Callable<Integer> {

    /** Parts named in a line; more are counted. */
    private static final int MOST_NAMED = 3;

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = "--by",
            split = ",",
            paramLabel = "LABEL",
            description =
                    "Labels by whose values nodes fail together; by default those of site, room, rack, power and switch that nodes have.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--exit-code",
            description =
                    "End with 5 when a single failure would stop a service or put it out of reach until what failed is back, or have orders refused.")
    private boolean exitCode;

    TopologyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var query =
                "?kinds=node,server,domain,link,disk"
                        + (labels.isEmpty() ? "" : "&by=" + Api.escape(String.join(",", labels)));
        var answer = session.patientApi(options).get("/spof" + query).body();
        session.print(options, answer, this::tell);
        return exitCode && Suppositions.anyGrave(answer) ? ExitCodes.DIFFERS : ExitCodes.OK;
    }

    private void tell(JsonNode answer) {
        var table = new Table("WITHOUT", "WHAT", "WOULD", "BECAUSE");
        answer.path("points").forEach(point -> rows(point, table));
        table.print(session.console().out());
        session.say(
                "What is moved is down for the loss delay (%s) and its start."
                        .formatted(answer.path("lossDelay").asString()));
        remedies(answer.path("points"));
        var unknown = answer.path("unknown");
        if (!unknown.isEmpty()) {
            session.say("");
            session.say("Not known:");
            unknown.forEach(one -> session.say("  " + one.asString()));
        }
    }

    private static void rows(JsonNode point, Table table) {
        var name = name(point);
        var orders = point.path("orders").asString("");
        if (!orders.isEmpty()) {
            table.row(name, "the island", Suppositions.gravity("no_orders"), orders);
        }
        for (var hit : point.path("services")) {
            if (!hit.path("gravity").asString().equals("fine")) {
                table.row(
                        name,
                        hit.path("service").asString(),
                        Suppositions.gravity(hit.path("gravity").asString()),
                        hit.path("why").asString(""));
            }
        }
        table.row(
                name,
                "%d %s".formatted(goOn(point), goOn(point) == 1 ? "service" : "services"),
                Suppositions.gravity("fine"),
                point.path("remark").asString(""));
    }

    private static int goOn(JsonNode point) {
        return point.path("goOn").asInt();
    }

    /** As in {@code node mars}, {@code domain rack=a (mars, venus)}. */
    private static String name(JsonNode point) {
        var name = point.path("kind").asString() + " " + point.path("name").asString();
        var nodes = point.path("nodes").valueStream().map(JsonNode::asString).toList();
        return nodes.size() < 2 ? name : "%s (%s)".formatted(name, few(nodes));
    }

    /** Each remedy once, with all that it is one against. */
    private void remedies(JsonNode points) {
        var against = new LinkedHashMap<String, Set<String>>();
        for (var point : points) {
            var name = point.path("kind").asString() + " " + point.path("name").asString();
            gather(point.path("remedies"), name, against);
            point.path("services").forEach(hit -> gather(hit.path("remedies"), name, against));
        }
        if (!against.isEmpty()) {
            session.say("");
            var table = new Table("AGAINST", "WHAT WOULD HELP");
            against.forEach((remedy, names) -> table.row(few(List.copyOf(names)), remedy));
            table.print(session.console().out());
        }
    }

    private static void gather(JsonNode remedies, String name, Map<String, Set<String>> against) {
        remedies.forEach(remedy ->
                against.computeIfAbsent(remedy.asString(), _ -> new LinkedHashSet<>()).add(name));
    }

    private static String few(List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())));
        return names.size() <= MOST_NAMED
                ? shown
                : "%s and %d more".formatted(shown, names.size() - MOST_NAMED);
    }
}
