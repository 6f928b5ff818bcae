package olympus.agent.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.foundation.Mask;
import olympus.model.SecretRef;
import olympus.model.stack.Workload;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeAnswer.Difference;
import olympus.model.state.NodeAnswer.InstanceSettings;

/**
 * In what a process differs from what is declared of it: by the command line and the environment of
 * its shim, which, unlike the process, does not change them. Threading: any thread; blocks.
 */
final class ProcessSettings {

    private static final String HIDDEN = "(not shown)";
    private static final String OTHERWISE = "(another value, not shown)";

    private final InstanceFolders folders;
    private final Accounts accounts;

    ProcessSettings(InstanceFolders folders, Accounts accounts) {
        this.folders = folders;
        this.accounts = accounts;
    }

    InstanceSettings of(InstanceSpec spec, Map<SecretRef, String> secrets) {
        var run = folders.runs(spec.id()).stream().findFirst();
        var shim = run.flatMap(number -> ProcFs.shimOf(folders.run(spec.id(), number).path()));
        if (shim.isEmpty()) {
            return NodeSettings.problem(spec.id(), "it does not run");
        }
        return switch (LaunchPlan.prepare(spec, secrets, accounts, folders)) {
            case LaunchPlan.Impossible(var reason, var _) ->
                    NodeSettings.problem(spec.id(), "it could not be started now: " + reason);
            case LaunchPlan.Ready ready ->
                    new InstanceSettings(
                            spec.id(), differences(spec, ready, shim.get()), Optional.empty());
        };
    }

    private static List<Difference> differences(
            InstanceSpec spec, LaunchPlan.Ready ready, ProcFs.Shim shim) {
        var found = new ArrayList<Difference>();
        var wanted = new ArrayList<>(ready.prefix());
        wanted.addAll(ready.command());
        if (!endsWith(shim.command(), wanted)) {
            found.add(difference("command", words(wanted), words(shim.command())));
        }
        if (!shim.directory().equals(ready.directory().toString())) {
            found.add(difference("working_dir", ready.directory().toString(), shim.directory()));
        }
        var is = new TreeMap<>(shim.environment());
        is.remove(InstanceFolders.MARKER_NAME);
        var names = new TreeSet<>(ready.environment().keySet());
        names.addAll(is.keySet());
        for (var name : names) {
            var declared = Optional.ofNullable(ready.environment().get(name));
            var observed = Optional.ofNullable(is.get(name));
            if (!declared.equals(observed)) {
                found.add(variable(spec, name, declared, observed));
            }
        }
        return found;
    }

    /** In front of it stand the words that limit it. */
    private static boolean endsWith(List<String> whole, List<String> end) {
        return whole.size() >= end.size()
                && whole.subList(whole.size() - end.size(), whole.size()).equals(end);
    }

    private static Difference variable(
            InstanceSpec spec, String name, Optional<String> declared, Optional<String> observed) {
        var path = "environment." + name;
        // What somebody else set, or what was a secret once, may be one whatever it is called.
        var isDeclaredInClear =
                spec.definition().workload() instanceof Workload.Process process
                        && process.environment().get(name) instanceof EnvironmentValue.Literal;
        if (!isDeclaredInClear || hides(name, declared) || hides(name, observed)) {
            return new Difference(
                    path,
                    declared.map(_ -> HIDDEN),
                    observed.map(_ -> declared.isPresent() ? OTHERWISE : HIDDEN));
        }
        return new Difference(path, declared, observed);
    }

    private static boolean hides(String name, Optional<String> value) {
        return value.filter(text -> Mask.hides(name, text)).isPresent();
    }

    private static String words(List<String> command) {
        return Mask.ofWords(command);
    }

    private static Difference difference(String path, String declared, String observed) {
        return new Difference(path, Optional.of(declared), Optional.of(observed));
    }
}
