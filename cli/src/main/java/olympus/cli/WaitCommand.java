package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Waits until nothing of a stack is under way any more. */
@Command(
        description = {
            "Waits until nothing that was begun with a stack is under way any more: no update, no start, no release.",
            "What waits for a person (olympus rollout approve) is told, and not waited for.",
            "Ends with 0 then, whether all is well or not (olympus status tells), and with 1 when something is still under way after TIME, or there is no such stack."
        },
        footer = "%nExamples:%n  olympus wait shop%n  olympus wait shop blog --wait 1m")
final class WaitCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(arity = "1..*", paramLabel = "STACK", description = "the stacks' names")
    private List<String> stacks = new ArrayList<>();

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "How long at most (default: ${DEFAULT-VALUE}).")
    private String wait = "5m";

    WaitCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var names = stacks.stream().map(GivenNames::stack).toList();
        var patience = WaitOptions.parsed(wait);
        var underWay = new UnderWay(session.api(options), names);
        underWay.requireKnown();
        var left = UnderWay.await(patience, underWay::services, session::remark);
        if (!left.isEmpty()) {
            throw UnderWay.notDone(
                    "waited for " + String.join(", ", names),
                    patience,
                    left,
                    "olympus wait " + String.join(" ", names));
        }
        var document = JSON.createObjectNode();
        var done = document.putArray("done");
        names.forEach(done::add);
        underWay.standing().forEach(session::remark);
        session.print(
                options,
                document,
                _ -> names.forEach(name -> session.say(name + ": nothing is under way")));
        return ExitCodes.OK;
    }
}
