package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows who changed what. */
@Command(description = "Shows who changed declared state, and from where; newest first.")
final class AuditCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most the newest N (1 to 1000). Default: 50.")
    private int limit = 50;

    AuditCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.print(
                options, session.api(options).get("/audit?limit=" + limit).body(), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var table = new Table("WHEN", "WHO", "FROM", "REQUEST", "SUBJECT", "STATUS");
        for (var entry : body.path("audit")) {
            table.row(
                    Ages.local(entry.path("at").asString("")),
                    entry.path("actor").asString(""),
                    entry.path("from").asString(""),
                    entry.path("method").asString("") + " " + entry.path("path").asString(""),
                    subject(entry),
                    entry.path("status").asString(""));
        }
        table.print(session.console().out());
    }

    private static String subject(JsonNode entry) {
        var detail = entry.path("detail").asString("");
        var subject = entry.path("subject").asString("");
        return detail.isEmpty() ? subject : subject + ": " + detail;
    }
}
