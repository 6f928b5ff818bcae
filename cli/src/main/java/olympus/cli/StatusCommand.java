package olympus.cli;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows services and their instances. */
@Command(
        description =
                "Shows services and their instances: what runs, how well, since when, and why not.",
        footer = "%nExamples:%n  olympus status%n  olympus status first/web -o json")
final class StatusCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description =
                    "stack/service, a stack, or an unambiguous service name; stack:NAME where both have the name")
    private @Nullable String service;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var path =
                Optional.ofNullable(service).map(given -> pathOf(api, given)).orElse("/services");
        var services = api.list(path, "services");
        session.print(
                options,
                services,
                body -> {
                    api.answerer().ifPresent(who -> session.console().out().println(answered(who)));
                    table(body);
                });
        return ExitCodes.OK;
    }

    private String pathOf(Api api, String given) {
        return switch (StackNames.oneOrWithin(session, api, given)) {
            case StackNames.Meant.Stack stack -> Api.servicePath(stack.name());
            case StackNames.Meant.Service one -> Api.servicePath(one.id());
        };
    }

    private void table(JsonNode body) {
        var out = session.console().out();
        var services = body.path("services");
        var problems = body.path("problems");
        for (var problem : problems) {
            session.console().err().println("olympus: " + problem.asString());
        }
        body.path("pauses").forEach(pause -> out.println(paused(pause)));
        if (services.isEmpty()) {
            out.println(
                    problems.isEmpty()
                            ? "nothing is declared yet: olympus apply DIR"
                            : "the server cannot tell what is declared; services that run are still supervised. See: olympus doctor");
            return;
        }
        var now = Instant.now();
        var table = new Table("SERVICE", "STATE", "HEALTH", "PID", "RESTARTS", "SINCE", "REASON");
        for (var item : services) {
            table.row(
                    item.path("service").asString(),
                    item.path("state").asString(),
                    "%d/%d".formatted(item.path("healthy").asInt(), item.path("desired").asInt()),
                    "",
                    "",
                    "",
                    reason(item, problems));
            for (var instance : item.path("instances")) {
                table.row(
                        "  " + instance.path("instance").asString(),
                        state(instance, now),
                        instance.path("health").asString(),
                        instance.path("pid").asLong() == 0 ? "-" : instance.path("pid").asString(),
                        instance.path("restarts").asString(),
                        Ages.age(instance.path("since").asString(""), now),
                        reason(instance, problems));
            }
        }
        table.print(out);
    }

    private static String state(JsonNode instance, Instant now) {
        var state = instance.path("state").asString();
        var was = instance.path("was");
        return was.isObject()
                ? "%s (was %s %s ago)"
                        .formatted(
                                state,
                                was.path("state").asString(),
                                Ages.age(was.path("at").asString(), now))
                : state;
    }

    private static String answered(Api.Answerer who) {
        if (!who.leaderKnown()) {
            return "server: %s, which knows none that leads (are most servers away?)"
                    .formatted(who.name());
        }
        return who.through()
                .map(through ->
                        "server: %s, which leads, asked by way of %s"
                                .formatted(who.name(), through))
                .orElseGet(() -> "server: " + who.name());
    }

    private static String paused(JsonNode pause) {
        var scope = pause.path("scope").asString();
        var what = scope.equals("all") ? "everything" : scope.replace(':', ' ');
        var why = pause.path("reason").asString("");
        return "PAUSED: %s, by %s since %s%s; `olympus resume%s` ends that"
                .formatted(
                        what,
                        pause.path("by").asString(),
                        Ages.local(pause.path("since").asString("")),
                        why.isEmpty() ? "" : " (" + why + ")",
                        scope.equals("all") ? "" : " --" + scope.replace(':', ' '));
    }

    /** Without a problem that was told already, once, above the table. */
    private static String reason(JsonNode item, JsonNode problems) {
        var reason = item.path("reason").asString("");
        for (var problem : problems) {
            reason = reason.replace(": " + problem.asString(), "");
        }
        return reason;
    }
}
