package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Checks the installation. */
@Command(
        description =
                "Checks the installation itself and what the machine lacks. Exit code 1 when a check failed.")
final class DoctorCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var body = session.api(options).get("/doctor").body();
        session.print(options, body, this::table);
        for (var check : body.path("checks")) {
            if (check.path("status").asString().equals("failed")) {
                return ExitCodes.FAILED;
            }
        }
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var table = new Table("CHECK", "STATUS", "DETAIL");
        for (var check : body.path("checks")) {
            var remedy = check.path("remedy").asString("");
            table.row(
                    check.path("name").asString(),
                    check.path("status").asString(),
                    check.path("detail").asString("") + (remedy.isEmpty() ? "" : " -> " + remedy));
        }
        table.print(session.console().out());
    }
}
