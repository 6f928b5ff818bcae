package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists the revisions of a stack. */
@Command(description = "Lists the revisions of a stack, or of a service's stack, newest first.")
final class HistoryCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "SERVICE",
            description =
                    "stack, stack/service, or an unambiguous service name; stack:NAME where both have the name")
    private String thing = "";

    HistoryCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var stack = StackNames.stackOf(session, api, thing);
        session.print(
                options,
                api.list("/stacks/" + Api.escape(stack) + "/revisions", "revisions"),
                this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var table = new Table("REVISION", "CURRENT", "APPLIED", "BY", "WHAT CHANGED");
        for (var revision : body.path("revisions")) {
            table.row(
                    revision.path("revision").asString(),
                    revision.path("current").asBoolean() ? "*" : "",
                    Ages.local(revision.path("appliedAt").asString("")),
                    revision.path("actor").asString(""),
                    revision.path("summary").asString(""));
        }
        table.print(session.console().out());
    }
}
