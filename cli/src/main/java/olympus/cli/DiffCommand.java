package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows how what runs differs from what is declared. */
@Command(
        description = {
            "Shows how what really runs differs from what is declared: containers as their engine describes them, processes as they were started.",
            "What the engine or the image fills in is no difference, and neither is that the engine does not restart what Olympus manages. What looks like a password is not shown.",
            "In modes observe and ask it also shows what Olympus would do."
        },
        footer = "%nExamples:%n  olympus diff blog%n  olympus diff blog --exit-code -o json")
final class DiffCommand implements Callable<Integer> {

    private static final int MAX_SHOWN = 100;

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "STACK", description = "the stack's name")
    private String stack = "";

    @Option(
            names = "--exit-code",
            description = "End with 5 when there is a difference, or something was not compared.")
    private boolean exitCode;

    DiffCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var path = "/stacks/" + Api.escape(GivenNames.stack(stack)) + "/differences";
        var answer = session.patientApi(options).get(path).body();
        session.print(options, answer, this::table);
        var same = answer.path("differences").isEmpty() && answer.path("notCompared").isEmpty();
        return exitCode && !same ? ExitCodes.DIFFERS : ExitCodes.OK;
    }

    private void table(JsonNode answer) {
        var out = session.console().out();
        var differences = answer.path("differences");
        if (differences.isEmpty()) {
            out.println(
                    "%d instance(s) of stack %s compared with revision %s: no difference"
                            .formatted(
                                    answer.path("compared").asInt(),
                                    answer.path("stack").asString(),
                                    answer.path("revision").asString()));
        } else {
            var table = new Table("INSTANCE", "SETTING", "DECLARED", "OBSERVED");
            for (var one : differences) {
                table.row(
                        one.path("instance").asString(),
                        one.path("path").asString(),
                        shown(one.path("declared")),
                        shown(one.path("observed")));
            }
            table.print(out);
        }
        for (var one : answer.path("notCompared")) {
            out.println(
                    "not compared: %s: %s"
                            .formatted(
                                    one.path("instance").asString(),
                                    one.path("reason").asString()));
        }
        if (!answer.path("pending").isEmpty()) {
            out.println();
            out.println("What Olympus would do:");
            PendingCommand.table(answer.path("pending"), out);
        }
        out.flush();
    }

    private static String shown(JsonNode text) {
        var value = text.asString("");
        if (value.isEmpty()) {
            return "-";
        }
        return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "…";
    }
}
