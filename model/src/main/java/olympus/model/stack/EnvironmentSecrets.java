package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.Settings.FileSetting;

/**
 * Reads a service's env_files. Their values are secrets: people put passwords there, and which of
 * them are cannot be seen.
 *
 * @param clearTexts where the values go
 */
record EnvironmentSecrets(
        StackName stack,
        String service,
        Path folder,
        String prefix,
        Map<SecretRef, String> clearTexts,
        ProblemLog problems) {

    /**
     * References by variable.
     *
     * @param path of the file; empty when it is none, which was reported
     * @param around variables that values may use
     */
    Map<String, Workload.EnvironmentValue> read(
            FileSetting file, Optional<Path> path, Map<String, String> around) {
        var values = new LinkedHashMap<String, Workload.EnvironmentValue>();
        if (path.isEmpty() || (!file.required() && Files.notExists(path.get()))) {
            return values;
        }
        var shown = prefix + FileSet.show(folder, path.get());
        new SecretFile(path.get(), "env_file", shown, file.place(), problems)
                .variables(file.raw(), around)
                .forEach((variable, text) -> values.put(variable, keep(variable, text)));
        return values;
    }

    /** The reference that stands for a variable's value. */
    Workload.EnvironmentValue keep(String variable, String text) {
        var ref = new SecretRef(stack, service + "/" + variable, "");
        clearTexts.put(ref, text);
        return new Workload.EnvironmentValue.Secret(ref);
    }
}
