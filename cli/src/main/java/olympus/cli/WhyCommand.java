package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Explains the state of a thing. */
@Command(
        description =
                "Says why a service, instance, node or stack is as it is: causes and decisions, newest first.")
final class WhyCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "THING",
            description = "stack/service, service, stack/service.1, stack, or node")
    private String thing = "";

    WhyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        GivenNames.any("THING", thing);
        var answer = session.api(options).get("/why?thing=" + Api.escape(thing));
        session.print(options, answer.body(), this::sentences);
        return ExitCodes.OK;
    }

    private void sentences(JsonNode body) {
        var causes = body.path("causes");
        if (causes.isEmpty()) {
            session.say(
                    "nothing is known about "
                            + thing
                            + " beyond its status: olympus status "
                            + thing);
        }
        for (var cause : causes) {
            session.say(
                    Ages.local(cause.path("at").asString(""))
                            + "  "
                            + cause.path("sentence").asString(""));
        }
    }
}
