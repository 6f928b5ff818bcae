package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * A command to run within an instance for a person.
 *
 * @param user empty for the instance's own
 * @param directory empty for the instance's own
 * @param environment on top of the instance's own; may hold secrets
 * @param input whether input will come; else the command finds its input at the end
 * @param terminal its first size, where the command shall have a terminal
 */
public record ExecRequest(
        InstanceId instance,
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
    }

    @Override
    public String toString() {
        return "ExecRequest[%s, %d words]".formatted(instance, command.size());
    }
}
