package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows what a single failure would stop. */
@Command(
        description = {
            "Shows what would stop if one machine or one server failed.",
            "Powers off each node and each server in thought, one at a time, with the planner that also decides in earnest; nothing is written. The gravest come first."
        },
        footer = "%nExamples:%n  olympus spof%n  olympus spof --exit-code -o json")
final class SinglePointsCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = "--exit-code",
            description =
                    "End with 5 when a single failure would stop a service until what failed is back, or have orders refused.")
    private boolean exitCode;

    SinglePointsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var answer = session.patientApi(options).get("/spof").body();
        session.print(options, answer, this::tell);
        return exitCode && Suppositions.anyGrave(answer) ? ExitCodes.DIFFERS : ExitCodes.OK;
    }

    private void tell(JsonNode answer) {
        var table = new Table("WITHOUT", "WHAT", "WOULD", "BECAUSE");
        for (var point : answer.path("points")) {
            var name = point.path("kind").asString() + " " + point.path("name").asString();
            var orders = point.path("orders").asString("");
            if (!orders.isEmpty()) {
                table.row(name, "the island", Suppositions.gravity("no_orders"), orders);
            }
            for (var loss : point.path("services")) {
                table.row(
                        name,
                        loss.path("service").asString(),
                        Suppositions.gravity(loss.path("gravity").asString()),
                        loss.path("why").asString(""));
            }
            if (orders.isEmpty() && point.path("services").isEmpty()) {
                table.row(name, "everything", "go on", point.path("remark").asString(""));
            }
        }
        table.print(session.console().out());
        session.say(
                "What is moved is down for the loss delay (%s) and its start."
                        .formatted(answer.path("lossDelay").asString()));
    }
}
