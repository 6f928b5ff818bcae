package olympus.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import olympus.model.Problem;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.RealmFolder;
import olympus.model.stack.StackFolder;
import olympus.model.state.Codecs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what a person points at: one stack folder, or a realm folder with all its stacks. */
final class StackFiles {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StackFiles() {}

    /**
     * The stacks of a folder, ready to send; warnings are printed. Fails with all problems when
     * there is one.
     */
    static List<ApplyRequest> read(Path directory, Session session) {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    directory + " is not a folder; expected a stack folder with an olympus.yaml");
        }
        var problems = new ArrayList<Problem>();
        var stacks = new ArrayList<ApplyRequest>();
        for (var outcome : outcomes(directory, problems, session)) {
            outcome.warnings()
                    .forEach(warning -> session.console().err().println("warning: " + warning));
            switch (outcome) {
                case StackFolder.Outcome.Loaded loaded ->
                        stacks.add(loaded.secrets().with(loaded.definition()));
                case StackFolder.Outcome.Invalid invalid -> problems.addAll(invalid.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new CommandFailure(ExitCodes.FAILED, text(directory, problems));
        }
        return stacks;
    }

    /** The body of a plan or apply request. */
    static JsonNode body(ApplyRequest request) {
        return JSON.readTree(Codecs.APPLY_REQUEST.encode(request));
    }

    private static List<StackFolder.Outcome> outcomes(
            Path directory, List<Problem> problems, Session session) {
        if (Files.notExists(directory.resolve(RealmFolder.FILE))
                || Files.exists(directory.resolve(StackFolder.FILE))) {
            return List.of(StackFolder.load(directory, session.finder().environment()));
        }
        var realm = RealmFolder.load(directory, session.finder().environment());
        realm.warnings().forEach(warning -> session.console().err().println("warning: " + warning));
        problems.addAll(realm.problems());
        return List.copyOf(realm.stacks().values());
    }

    private static String text(Path directory, List<Problem> problems) {
        var text = new StringBuilder("%s has %d problem(s)".formatted(directory, problems.size()));
        problems.forEach(problem -> text.append('\n').append(problem));
        return text.toString();
    }
}
