package olympus.cli;

import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists the volumes of container engines. */
@Command(
        description =
                "Lists the volumes on all nodes: which services and containers use them, how large they are, what is left over.")
final class VolumesCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "STACK",
            description = "only those of this stack, also of one that was removed")
    private @Nullable String stack;

    VolumesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var only = Optional.ofNullable(stack).map(GivenNames::stack);
        var api = session.api(options);
        var answer = api.get("/volumes" + Api.query(Map.of("stack", only))).body();
        if (answer.path("volumes").isEmpty()) {
            only.ifPresent(name -> refuseUnknown(api, name));
        }
        session.print(options, answer, this::table);
        return ExitCodes.OK;
    }

    /**
     * A stack that was removed may have left volumes; one that left none is a name like any other.
     */
    private static void refuseUnknown(Api api, String stack) {
        var known = new ArrayList<String>();
        api.list("/stacks", "stacks")
                .path("stacks")
                .forEach(one -> known.add(one.path("stack").asString()));
        if (!known.contains(stack)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "there is no stack %s, and no volume of one that was removed; stacks: %s"
                            .formatted(stack, known.isEmpty() ? "none" : String.join(", ", known)));
        }
    }

    private void table(JsonNode body) {
        body.path("problems")
                .forEach(problem -> session.remark("not shown: " + problem.asString()));
        if (body.path("volumes").isEmpty()) {
            session.say(
                    stack == null
                            ? "there are no volumes"
                            : "stack %s has no volumes".formatted(stack));
            return;
        }
        var table = new Table("VOLUME", "NODE", "SIZE", "STACK", "USED BY", "NOTE");
        for (var volume : body.path("volumes")) {
            table.row(
                    volume.path("volume").asString(),
                    volume.path("node").asString(),
                    Bytes.text(volume.path("sizeBytes")),
                    stack(volume),
                    usedBy(volume),
                    volume.path("note").asString(""));
        }
        table.print(session.console().out());
    }

    /** What is known instead, where no stack is. */
    private static String stack(JsonNode volume) {
        var project = volume.path("project").asString("");
        var known = volume.path("stack").asString("");
        return known.isEmpty() && !project.isEmpty() ? "(project " + project + ")" : known;
    }

    private static String usedBy(JsonNode volume) {
        var users = new StringJoiner(", ");
        volume.path("services").forEach(one -> users.add(one.asString()));
        if (users.length() == 0) {
            volume.path("containers").forEach(one -> users.add("container " + one.asString()));
        }
        return users.length() == 0 ? "-" : users.toString();
    }
}
