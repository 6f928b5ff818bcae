package olympus.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import olympus.model.Problem;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.RealmFolder;
import olympus.model.stack.StackFolder;
import olympus.model.state.Codecs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a person points at: one stack folder, or a realm folder with all its stacks.
 *
 * @param realm whether the folder is a realm's, however many stacks it holds
 * @param stacks ready to send
 */
record StackFiles(boolean realm, List<ApplyRequest> stacks) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    StackFiles {
        stacks = List.copyOf(stacks);
    }

    /**
     * The stacks of a folder; warnings are printed. Fails with all problems when there is one: as a
     * list for people, or as one JSON or YAML document on standard output.
     */
    static StackFiles read(Path directory, Session session, CommonOptions options) {
        // The empty path is the current folder, which nobody means who expands an unset variable.
        GivenNames.any("DIR", directory.toString());
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    directory + " is not a folder; expected a stack folder with an olympus.yaml");
        }
        var realm =
                Files.exists(directory.resolve(RealmFolder.FILE))
                        && Files.notExists(directory.resolve(StackFolder.FILE));
        var problems = new ArrayList<Problem>();
        var more = 0;
        var stacks = new ArrayList<ApplyRequest>();
        for (var outcome : outcomes(directory, realm, problems, session)) {
            outcome.warnings()
                    .forEach(warning -> session.console().err().println("warning: " + warning));
            switch (outcome) {
                case StackFolder.Outcome.Loaded loaded ->
                        stacks.add(loaded.secrets().with(loaded.definition()));
                case StackFolder.Outcome.Invalid invalid -> {
                    problems.addAll(invalid.problems());
                    more += invalid.more();
                }
            }
        }
        if (!problems.isEmpty()) {
            throw invalid(directory, problems, more, session, options);
        }
        return new StackFiles(realm, stacks);
    }

    /** The body of a plan or apply request. */
    static JsonNode body(ApplyRequest request) {
        return JSON.readTree(Codecs.APPLY_REQUEST.encode(request));
    }

    /**
     * What {@code -o json} prints of the answers: the plan of a stack folder, or {@code
     * {"plans":[…]}} of a realm folder, also when that holds a single stack.
     */
    JsonNode document(List<JsonNode> plans) {
        if (!realm) {
            return plans.getFirst();
        }
        var document = JSON.createObjectNode();
        document.putArray("plans").addAll(plans);
        return document;
    }

    /** Asks {@code each} stack in turn. */
    List<JsonNode> answers(Function<ApplyRequest, JsonNode> each) {
        return stacks.stream().map(each).toList();
    }

    private static List<StackFolder.Outcome> outcomes(
            Path directory, boolean isRealm, List<Problem> problems, Session session) {
        if (!isRealm) {
            return List.of(StackFolder.load(directory, session.finder().environment()));
        }
        var realm = RealmFolder.load(directory, session.finder().environment());
        realm.warnings().forEach(warning -> session.console().err().println("warning: " + warning));
        problems.addAll(realm.problems());
        return List.copyOf(realm.stacks().values());
    }

    private static CommandFailure invalid(
            Path directory,
            List<Problem> problems,
            int more,
            Session session,
            CommonOptions options) {
        var summary = "%s has %d problem(s)".formatted(directory, problems.size() + more);
        return switch (options.output) {
            case TABLE -> new CommandFailure(ExitCodes.FAILED, summary + lines(problems, more));
            case JSON, YAML -> {
                session.print(options, document(problems, more), _ -> {});
                yield new CommandFailure(ExitCodes.FAILED, summary);
            }
        };
    }

    private static String lines(List<Problem> problems, int more) {
        var text = new StringBuilder();
        problems.forEach(problem -> text.append('\n').append(problem));
        if (more > 0) {
            text.append("\n… and ").append(more).append(" more");
        }
        return text.toString();
    }

    private static JsonNode document(List<Problem> problems, int more) {
        var document = JSON.createObjectNode();
        var list = document.putArray("problems");
        for (var problem : problems) {
            list.addObject()
                    .put("file", problem.file())
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("message", problem.message())
                    .put("expected", problem.expected())
                    .put("suggestion", problem.suggestion());
        }
        return document.put("more", more);
    }
}
