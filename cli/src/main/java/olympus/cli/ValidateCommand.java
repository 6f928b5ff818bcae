package olympus.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stack folder and tells every problem; needs no server. */
@Command(
        description =
                "Reads a stack folder and tells all its problems, each with file:line:column. Needs no server.")
final class ValidateCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "DIR",
            description = "a stack folder, or a realm folder with stacks as subfolders")
    private Path directory = Path.of(".");

    ValidateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var stacks = JSON.createArrayNode();
        for (var stack : StackFiles.read(directory, session, options).stacks()) {
            var definition = stack.definition();
            stacks.addObject()
                    .put("stack", definition.name().value())
                    .put("services", definition.services().size());
        }
        session.print(
                options,
                JSON.createObjectNode().set("stacks", stacks),
                body -> stacks.forEach(this::good));
        return ExitCodes.OK;
    }

    private void good(JsonNode stack) {
        session.say(
                "stack %s: %d service(s), no problems"
                        .formatted(stack.path("stack").asString(), stack.path("services").asInt()));
    }
}
