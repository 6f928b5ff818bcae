package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Says yes or no to pending decisions. */
@Command
final class AnswerCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}");

    /** Yes or no. */
    enum Answer {
        APPROVE(
                "approve",
                "Has pending decisions carried out, each by itself and nothing else with it (stacks in mode ask). Also what was denied, as long as it applies."),
        DENY(
                "deny",
                "Says that pending decisions are not wanted. Another cause asks anew; approve, or start and restart by name, do it all the same.");

        private final String word;
        private final String help;

        Answer(String word, String help) {
            this.word = word;
            this.help = help;
        }
    }

    private final Session session;
    private final Answer answer;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "ID",
            description = "ids that olympus decisions pending shows")
    private List<String> ids = new ArrayList<>();

    AnswerCommand(Session session, Answer answer) {
        this.session = session;
        this.answer = answer;
    }

    /** Lets the shared class describe itself as the answer it stands for. */
    @Spec
    void describe(CommandSpec given) {
        given.usageMessage().description(answer.help);
    }

    @Override
    public Integer call() {
        for (var id : ids) {
            if (!ID.matcher(id).matches()) {
                throw new CommandFailure(
                        ExitCodes.USAGE,
                        "not a pending decision: \"%s\"; expected an id of 8 hex digits as olympus decisions pending shows it"
                                .formatted(id));
            }
        }
        var api = session.api(options);
        var document = JSON.createObjectNode();
        var answered = document.putArray("answered");
        for (var id : ids) {
            answered.add(api.post("/decisions/pending/" + id + "/" + answer.word, null).body());
        }
        session.print(
                options,
                document,
                _ -> ids.forEach(id -> session.say("%s: %s".formatted(answer.word, id))));
        return ExitCodes.OK;
    }
}
