package olympus.model.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import olympus.model.stack.ComposeSettings.Text;
import olympus.model.stack.KeyTable.Fields;

/** The variables and labels of a Compose service, from its keys and the files that it names. */
final class ComposeEnvironment {

    private final ComposeProject project;
    private final EnvironmentSecrets files;
    private final BiConsumer<String, Place> note;
    private final ProblemLog problems;

    /**
     * @param note told where each variable stands
     */
    ComposeEnvironment(
            ComposeProject project,
            EnvironmentSecrets files,
            BiConsumer<String, Place> note,
            ProblemLog problems) {
        this.project = project;
        this.files = files;
        this.note = note;
        this.problems = problems;
    }

    Map<String, Workload.EnvironmentValue> variables(Fields fields) {
        var values = new LinkedHashMap<String, Workload.EnvironmentValue>();
        for (var file : fields.get(ComposeServiceKeys.ENV_FILE).orElse(List.of())) {
            var path = project.path(new Located<>(file.place(), file.path()));
            var around = project.sourceOf(file.place()).variables();
            files.read(file, path, around)
                    .forEach((variable, value) -> {
                        note.accept(variable, file.place());
                        values.put(variable, value);
                    });
        }
        fields.get(ComposeServiceKeys.ENVIRONMENT)
                .orElse(Map.of())
                .forEach((variable, written) -> {
                    note.accept(variable, written.place());
                    value(variable, written)
                            .ifPresentOrElse(
                                    text -> values.put(variable, kept(variable, text)),
                                    () -> values.remove(variable));
                });
        return values;
    }

    /** What comes from a variable is where people put passwords; it stays out of the definition. */
    private Workload.EnvironmentValue kept(String variable, Text text) {
        return text.filled()
                ? files.keep(variable, text.value())
                : new Workload.EnvironmentValue.Literal(text.value());
    }

    private Optional<Text> value(String variable, Located<Optional<Text>> written) {
        if (written.value().isPresent()) {
            return written.value();
        }
        var value =
                Optional.ofNullable(project.sourceOf(written.place()).variables().get(variable));
        if (value.isEmpty()) {
            problems.warning(
                    written.place(),
                    "the variable " + variable + " is not set; the instance does not get it");
        }
        return value.map(text -> new Text(text, true));
    }

    /** Arguments of a build: a name alone takes its value from the variables. */
    Map<String, String> arguments(Map<String, Located<Optional<Text>>> written) {
        var values = new LinkedHashMap<String, String>();
        written.forEach((name, value) ->
                value(name, value).ifPresent(text -> values.put(name, text.value())));
        return values;
    }

    Map<String, String> labels(Fields fields) {
        var labels = new LinkedHashMap<String, String>();
        for (var file : fields.get(ComposeServiceKeys.LABEL_FILE).orElse(List.of())) {
            project.path(file)
                    .flatMap(path ->
                            SourceText.read(
                                    path,
                                    "label_file",
                                    file.value(),
                                    file.place(),
                                    EnvironmentFile.MAX_BYTES,
                                    problems))
                    .map(text ->
                            EnvironmentFile.parse(
                                    file.value(),
                                    text,
                                    project.sourceOf(file.place()).variables(),
                                    problems))
                    .ifPresent(labels::putAll);
        }
        labels.putAll(fields.get(ComposeServiceKeys.LABELS).orElse(Map.of()));
        return labels;
    }
}
