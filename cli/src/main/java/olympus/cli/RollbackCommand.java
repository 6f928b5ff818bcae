package olympus.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Returns to an earlier revision. */
@Command(
        description =
                "Returns a stack, or one service, to an earlier revision (by default the one before), as a new revision.")
final class RollbackCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "STACK|SERVICE",
            description =
                    "a stack, stack/service, or an unambiguous service name; stack:NAME where both have the name")
    private String thing = "";

    @Option(
            names = "--to",
            paramLabel = "REV",
            description = "Revision as listed by olympus history.")
    private @Nullable Long to;

    RollbackCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var body = JSON.createObjectNode();
        if (to != null) {
            body.put("to", to);
        }
        var path =
                switch (StackNames.oneOf(session, api, thing)) {
                    case StackNames.Meant.Stack stack -> "/stacks/" + Api.escape(stack.name());
                    case StackNames.Meant.Service service -> Api.servicePath(service.id());
                };
        var answer = api.post(path + "/rollback", body);
        var stack = answer.body().path("stack").asString();
        session.print(
                options,
                answer.body(),
                plan -> PlanText.print(session.console().out(), plan, PlanText.Tense.DONE));
        new UnderWay(api, java.util.List.of(stack)).tell(session, options, "olympus wait " + stack);
        return ExitCodes.OK;
    }
}
