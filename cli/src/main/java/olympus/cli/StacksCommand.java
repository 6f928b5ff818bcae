package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Lists stacks. */
@Command(description = "Lists the stacks that were applied.")
final class StacksCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    StacksCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.print(options, session.api(options).list("/stacks", "stacks"), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var table = new Table("STACK", "MODE", "REVISION", "SERVICES", "APPLIED", "BY");
        for (var stack : body.path("stacks")) {
            table.row(
                    stack.path("stack").asString() + leaving(stack),
                    stack.path("mode").asString(""),
                    stack.path("revision").asString(),
                    stack.path("services").asString(),
                    Ages.local(stack.path("appliedAt").asString("")),
                    stack.path("actor").asString(""));
        }
        table.print(session.console().out());
    }

    private static String leaving(JsonNode stack) {
        if (stack.path("releasing").asBoolean()) {
            return " (releasing)";
        }
        return stack.path("removing").asBoolean() ? " (removing)" : "";
    }
}
