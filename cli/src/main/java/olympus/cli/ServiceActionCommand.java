package olympus.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts, stops or restarts a service by hand. */
@Command(description = "Acts on one service by hand.")
final class ServiceActionCommand implements Callable<Integer> {

    /** What is done, and how the help describes it. */
    enum Action {
        START(
                "Starts a service that was stopped by hand or given up. In mode ask that is an approval of just that: what is started is as it was when it last ran."),
        STOP(
                "Stops a service and holds it stopped, also over the next apply, until it is started."),
        RESTART(
                "Replaces every instance of a service, as an update would. In mode ask each is started anew as it was.");

        private final String help;

        Action(String help) {
            this.help = help;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Session session;
    private final Action action;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "SERVICE",
            description = "stack/service, or an unambiguous service name")
    private String service = "";

    ServiceActionCommand(Session session, Action action) {
        this.session = session;
        this.action = action;
    }

    /** Registers {@code start}, {@code stop} and {@code restart}. */
    static void addTo(CommandLine line, Session session) {
        for (var action : Action.values()) {
            line.addSubcommand(action.word(), new ServiceActionCommand(session, action));
        }
    }

    /** Lets the shared class describe itself as the action it stands for. */
    @Spec
    void describe(CommandSpec spec) {
        spec.usageMessage().description(action.help);
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var id = session.serviceId(api, service);
        var answer = api.post(Api.servicePath(id) + "/" + action.word(), null);
        session.print(
                options,
                answer.body(),
                body -> session.say("%s %s ordered".formatted(id, action.word())));
        return ExitCodes.OK;
    }
}
