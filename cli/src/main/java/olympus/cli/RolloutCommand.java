package olympus.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows the rollouts under way, and says yes or no to a new version that is being tried. */
@Command(
        description = {
            "Shows how far updates are, and lets a new version that is being tried replace the rest, or ends its trial.",
            "How a service tries a new version stands in deploy.update_config of its olympus.yaml (strategy: canary, or blue-green)."
        },
        footer =
                "%nExamples:%n  olympus rollout status%n  olympus rollout approve shop/web%n  olympus rollout reject shop/web --reason \"too slow\"")
final class RolloutCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private RolloutCommand() {}

    /** {@code rollout} with its subcommands. */
    static CommandLine line(Session session) {
        var line = new CommandLine(new RolloutCommand());
        line.addSubcommand("status", new Status(session));
        line.addSubcommand("approve", new Approve(session));
        line.addSubcommand("reject", new Reject(session));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? status, approve or reject");
    }

    /** The service as it is shown at this moment. */
    private static JsonNode shown(Api api, String id) {
        return api.list(Api.servicePath(id), "services").path("services").path(0);
    }

    /**
     * That the order is for the revision that was looked at: a version that somebody has applied
     * since then is not meant by it.
     */
    private static Map<String, String> of(JsonNode service) {
        return Map.of("If-Match", "\"" + service.path("revision").asLong() + "\"");
    }

    @Command(
            description =
                    "Shows how far updates are: of one service, or of all of which one is under way or was halted.")
    private static final class Status implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(
                arity = "0..1",
                paramLabel = "SERVICE",
                description = "stack/service, or an unambiguous service name")
        private @Nullable String service;

        Status(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var api = session.api(options);
            var path =
                    service == null
                            ? "/services"
                            : Api.servicePath(session.serviceId(api, service));
            var document = JSON.createObjectNode();
            var rollouts = document.putArray("rollouts");
            for (var one : api.list(path, "services").path("services")) {
                if (one.path("rollout").isObject()) {
                    rollouts.addObject()
                            .put("service", one.path("service").asString())
                            .put("revision", one.path("revision").asLong())
                            .put("reason", one.path("reason").asString(""))
                            .set("rollout", one.path("rollout"));
                }
            }
            session.print(options, document, this::tell);
            return ExitCodes.OK;
        }

        private void tell(JsonNode document) {
            var rollouts = document.path("rollouts");
            if (rollouts.isEmpty()) {
                session.say(
                        service == null
                                ? "no update is under way"
                                : "no update of %s is under way; olympus why %s tells of the last one"
                                        .formatted(service, service));
                return;
            }
            var table = new Table("SERVICE", "STAGE", "FROM", "TO", "NEW", "BY", "SINCE", "REASON");
            for (var one : rollouts) {
                var rollout = one.path("rollout");
                table.row(
                        one.path("service").asString(),
                        rollout.path("stage").asString(),
                        rollout.path("fromRevision").asString(),
                        one.path("revision").asString(),
                        String.join(
                                " ",
                                rollout.path("updated")
                                        .valueStream()
                                        .map(JsonNode::asString)
                                        .toList()),
                        by(rollout),
                        Ages.local(rollout.path("since").asString("")),
                        one.path("reason").asString());
            }
            table.print(session.console().out());
        }

        private static String by(JsonNode rollout) {
            var approved = rollout.path("approvedBy").asString("");
            return rollout.path("by").asString()
                    + (approved.isEmpty() ? "" : ", approved by " + approved);
        }
    }

    @Command(
            description =
                    "Lets a new version that has proved itself on trial replace the rest of its service.")
    private static final class Approve implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(
                paramLabel = "SERVICE",
                description = "stack/service, or an unambiguous service name")
        private String service = "";

        Approve(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var api = session.api(options);
            var id = session.serviceId(api, service);
            var answer =
                    api.post(
                            Api.servicePath(id) + "/rollout/approve",
                            JSON.createObjectNode(),
                            of(shown(api, id)));
            session.print(
                    options,
                    answer.body(),
                    _ ->
                            session.say(
                                    "%s: approved; `olympus wait %s` waits for the rest"
                                            .formatted(id, id.substring(0, id.indexOf('/')))));
            return ExitCodes.OK;
        }
    }

    @Command(
            description =
                    "Ends the trial of a new version, or returns from it while the old one is kept: the version before goes on, as a new revision that keeps the reason.")
    private static final class Reject implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(
                paramLabel = "SERVICE",
                description = "stack/service, or an unambiguous service name")
        private String service = "";

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                description = "Why; olympus history and olympus why show it.")
        private String reason = "";

        Reject(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var api = session.api(options);
            var id = session.serviceId(api, service);
            var answer =
                    api.post(
                            Api.servicePath(id) + "/rollout/reject",
                            JSON.createObjectNode().put("reason", reason),
                            of(shown(api, id)));
            session.print(
                    options,
                    answer.body(),
                    plan -> PlanText.print(session.console().out(), plan, PlanText.Tense.DONE));
            return ExitCodes.OK;
        }
    }
}
