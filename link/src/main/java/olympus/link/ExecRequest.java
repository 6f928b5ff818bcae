package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * A command to run within an instance, or on the machine, for a person.
 *
 * @param user empty for the instance's own
 * @param directory empty for the instance's own
 * @param environment on top of the instance's own; may hold secrets
 * @param input whether input will come; else the command finds its input at the end
 * @param terminal its first size, where the command shall have a terminal
 */
public record ExecRequest(
        ExecTarget target,
        List<String> command,
        Optional<String> user,
        Optional<String> directory,
        Map<String, String> environment,
        boolean input,
        Optional<TerminalSize> terminal) {

    public ExecRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
        // What a machine allows is words: nothing else may change what they do.
        if (target instanceof ExecTarget.Machine
                && (user.isPresent()
                        || directory.isPresent()
                        || !environment.isEmpty()
                        || input
                        || terminal.isPresent())) {
            throw new IllegalArgumentException(
                    "a command on the machine has no user, directory, variables, input or terminal of its own");
        }
    }

    /** Within an instance. */
    public ExecRequest(
            InstanceId instance,
            List<String> command,
            Optional<String> user,
            Optional<String> directory,
            Map<String, String> environment,
            boolean input,
            Optional<TerminalSize> terminal) {
        this(
                new ExecTarget.Instance(instance),
                command,
                user,
                directory,
                environment,
                input,
                terminal);
    }

    /** On the machine itself. */
    public static ExecRequest on(ExecTarget.Machine machine, List<String> command) {
        return new ExecRequest(
                machine,
                command,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                false,
                Optional.empty());
    }

    @Override
    public String toString() {
        return "ExecRequest[%s, %d words]".formatted(target, command.size());
    }
}
