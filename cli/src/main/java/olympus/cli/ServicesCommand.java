package olympus.cli;

import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists services as their users know them. */
@Command(
        description = {
            "Lists the services as their users know them: where they are reached, which version runs on which node, how they are.",
            "A service says of itself what to show with the labels olympus.name, olympus.link, olympus.description and olympus.hidden. How each instance does says: olympus status."
        })
final class ServicesCommand implements Callable<Integer> {

    private static final int SHORT_DIGEST = 19;

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(arity = "0..1", paramLabel = "STACK", description = "only those of this stack")
    private @Nullable String stack;

    @Option(
            names = {"-a", "--all"},
            description = "Also those that ask not to be shown.")
    private boolean all;

    ServicesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var query =
                Api.query(
                        Map.of(
                                "stack",
                                Optional.ofNullable(stack).map(GivenNames::stack),
                                "hidden",
                                all ? Optional.of("true") : Optional.empty()));
        session.print(options, session.api(options).get("/catalogue" + query).body(), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        body.path("problems")
                .forEach(problem -> session.remark("versions not known: " + problem.asString()));
        if (body.path("services").isEmpty()) {
            session.say("nothing is declared yet: olympus apply DIR");
            return;
        }
        var table =
                new Table(
                        "SERVICE", "NAME", "LINK", "VERSION", "DIGEST", "NODE", "MODE", "STATE",
                        "HEALTH");
        for (var service : body.path("services")) {
            var id = service.path("service").asString();
            var name = service.path("name").asString("");
            table.row(
                    id,
                    name.equals(id) ? "" : name,
                    joined(service.path("links")),
                    version(service),
                    digest(service.path("digest").asString("")),
                    joined(service.path("nodes")),
                    service.path("mode").asString(""),
                    service.path("state").asString(""),
                    "%d/%d"
                            .formatted(
                                    service.path("healthy").asInt(),
                                    service.path("desired").asInt()));
        }
        table.print(session.console().out());
    }

    /** What runs, and what is declared where that is another image. */
    private static String version(JsonNode service) {
        var declared = service.path("declared").asString("");
        var runs = service.path("version").asString("");
        return declared.isEmpty() ? runs : "%s (declared %s)".formatted(runs, declared);
    }

    private static String joined(JsonNode texts) {
        var all = new StringJoiner(" ");
        texts.forEach(text -> all.add(text.asString()));
        return all.length() == 0 ? "-" : all.toString();
    }

    private static String digest(String whole) {
        return whole.isEmpty() ? "-" : whole.substring(0, Math.min(whole.length(), SHORT_DIGEST));
    }
}
