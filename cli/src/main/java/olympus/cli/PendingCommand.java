package olympus.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows what would be done about stacks that are only watched. */
@Command(
        description =
                "Shows what Olympus would do about stacks in mode ask, for you to approve or deny, and about stacks in mode observe, to look at.",
        footer = "%nExamples:%n  olympus decisions pending%n  olympus decisions approve 0a1b2c3d")
final class PendingCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = "--denied",
            description =
                    "Also those that were denied and still apply; approve takes a denial back.")
    private boolean denied;

    @Parameters(arity = "0..1", paramLabel = "STACK", description = "only of this stack")
    private @Nullable String stack;

    PendingCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var prefix = stack == null ? "" : GivenNames.stack(stack) + "/";
        var whole = session.api(options).list("/decisions/pending?denied=true", "pending");
        var document = JSON.createObjectNode();
        var kept = document.putArray("pending");
        var left = 0;
        for (var one : whole.path("pending")) {
            if (!one.path("instance").asString().startsWith(prefix)) {
                continue;
            }
            if (denied || one.path("deniedBy").asString("").isEmpty()) {
                kept.add(one);
            } else {
                left++;
            }
        }
        session.print(options, document, this::table);
        if (left > 0) {
            session.remark(
                    "%d denied, and can be approved all the same: olympus decisions pending --denied"
                            .formatted(left));
        }
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var pending = body.path("pending");
        if (pending.isEmpty()) {
            session.say("nothing is pending");
        } else {
            table(pending, session.console().out());
        }
    }

    static void table(JsonNode pending, PrintStream out) {
        var now = Instant.now();
        var table = new Table("ID", "MODE", "ACTION", "INSTANCE", "NODE", "SINCE", "WHY");
        for (var one : pending) {
            table.row(
                    one.path("id").asString(),
                    one.path("mode").asString(),
                    one.path("action").asString(),
                    one.path("instance").asString(),
                    one.path("node").asString(),
                    Ages.age(one.path("since").asString(""), now),
                    one.path("why").asString() + denial(one));
        }
        table.print(out);
    }

    private static String denial(JsonNode one) {
        var by = one.path("deniedBy").asString("");
        return by.isEmpty() ? "" : "; denied by " + by;
    }
}
