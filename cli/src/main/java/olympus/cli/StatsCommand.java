package olympus.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows what running instances use. */
@Command(
        description = {
            "Shows what running instances use at this moment: processor, memory, network, disk and processes, as their nodes measure it over about a second.",
            "Containers by what their engine counts, processes by /proc, units by what systemd counts. 100 %% is one processor; network and disk are counted since the start. What is not counted is shown as -."
        },
        footer =
                "%nExamples:%n  olympus stats%n  olympus stats shop%n  olympus stats shop/db --json")
final class StatsCommand implements Callable<Integer> {

    private static final double PERCENT = 100.0;

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "STACK|SERVICE",
            description =
                    "stack/service, a stack, or an unambiguous service name; stack:NAME where both have the name")
    private @Nullable String thing;

    @Option(names = "--json", description = "The same as --output json.")
    private boolean json;

    StatsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (json) {
            options.output = OutputFormat.JSON;
        }
        var api = session.patientApi(options);
        var query = Optional.ofNullable(thing).map(given -> query(api, given)).orElse("");
        session.print(options, api.get("/stats" + query).body(), this::table);
        return ExitCodes.OK;
    }

    private String query(Api api, String given) {
        return switch (StackNames.oneOrWithin(session, api, given)) {
            case StackNames.Meant.Stack stack ->
                    Api.query(Map.of("stack", Optional.of(stack.name())));
            case StackNames.Meant.Service one ->
                    Api.query(Map.of("service", Optional.of(one.id())));
        };
    }

    private void table(JsonNode body) {
        for (var one : body.path("notMeasured")) {
            session.remark(
                    "not measured: %s on %s: %s"
                            .formatted(
                                    one.path("instance").asString(),
                                    one.path("node").asString(),
                                    one.path("reason").asString()));
        }
        if (body.path("instances").isEmpty()) {
            session.say("nothing runs that could be measured");
            return;
        }
        var table =
                new Table(
                        "INSTANCE",
                        "NODE",
                        "CPU %",
                        "MEM USAGE / LIMIT",
                        "MEM %",
                        "NET I/O",
                        "BLOCK I/O",
                        "PIDS");
        for (var one : body.path("instances")) {
            var used = one.path("memoryBytes");
            var limit = one.path("memoryLimitBytes");
            table.row(
                    one.path("instance").asString(),
                    one.path("node").asString(),
                    percent(one.path("cpuPercent").asDouble()),
                    Bytes.text(used) + " / " + Bytes.text(limit),
                    limit.asLong() > 0 ? percent(PERCENT * used.asLong() / limit.asLong()) : "-",
                    both(one, "receivedBytes", "sentBytes"),
                    both(one, "readBytes", "writtenBytes"),
                    one.path("processes").asString());
        }
        table.print(session.console().out());
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f%%", value);
    }

    private static String both(JsonNode one, String in, String out) {
        return one.path(in).isNumber()
                ? Bytes.text(one.path(in)) + " / " + Bytes.text(one.path(out))
                : "-";
    }
}
