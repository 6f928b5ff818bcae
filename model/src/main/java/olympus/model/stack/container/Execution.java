package olympus.model.stack.container;

import java.util.List;
import java.util.Optional;

/**
 * What runs inside a container.
 *
 * @param command replaces the image's; empty option: the image's own
 * @param entrypoint replaces the image's; an empty list switches it off
 * @param init whether a small init process reaps orphans; empty: the engine's own setting
 */
public record Execution(
        Optional<List<String>> command,
        Optional<List<String>> entrypoint,
        Optional<String> user,
        Optional<String> workingDirectory,
        boolean terminal,
        boolean stdinOpen,
        Optional<Boolean> init,
        Optional<String> hostname,
        Optional<String> domainName) {

    public Execution {
        command = command.map(List::copyOf);
        entrypoint = entrypoint.map(List::copyOf);
    }

    /** This command in place of the image's own, if any; everything else as the image has it. */
    public static Execution of(Optional<List<String>> command) {
        return new Execution(
                command,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
