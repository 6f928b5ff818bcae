package olympus.cli;

import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks the installation. */
@Command(
        description =
                "Checks the installation itself and what the machine lacks; without a server too, then also the store's files. Exit code 1 when a check failed, 3 when only the server does not answer.",
        synopsisSubcommandLabel = "[COMMAND]")
final class DoctorCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var unreachable = false;
        JsonNode body;
        try {
            body = session.api(options).get("/doctor").body();
        } catch (CommandFailure failure) {
            if (failure.exitCode() != ExitCodes.CANNOT_CONNECT) {
                throw failure;
            }
            unreachable = true;
            body = offline(String.valueOf(failure.getMessage()));
        }
        session.print(options, body, this::table);
        for (var check : body.path("checks")) {
            var failed = check.path("status").asString().equals("failed");
            if (failed && !(unreachable && check.path("name").asString().equals("server"))) {
                return ExitCodes.FAILED;
            }
        }
        return unreachable ? ExitCodes.CANNOT_CONNECT : ExitCodes.OK;
    }

    private JsonNode offline(String why) {
        var finder = session.finder();
        var machine =
                new MachineChecks(
                        finder.dataDirectory(options.given()).toAbsolutePath().normalize(),
                        finder.environment(),
                        Instant.now());
        var document = JSON.createObjectNode();
        var checks = document.putArray("checks");
        for (var found : new OfflineDoctor(machine, OfflineDoctor.ownLauncher()).examine(why)) {
            checks.addObject()
                    .put("name", found.name())
                    .put("status", found.status().name().toLowerCase(Locale.ROOT))
                    .put("detail", found.detail())
                    .put("remedy", found.remedy());
        }
        return document;
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
