package olympus.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command to run in a container with its streams attached.
 *
 * @param user empty for the container's own
 * @param directory empty for the container's own
 * @param environment on top of the container's own
 * @param input whether input will come; else the command finds its input at the end
 * @param terminal its first size, where the command shall have a terminal
 */
public record ExecOrder(
        List<String> command,
        Optional<String> user,
        Optional<String> directory,
        Map<String, String> environment,
        boolean input,
        Optional<Size> terminal) {

    public ExecOrder {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** Of a terminal, in characters. */
    public record Size(int columns, int rows) {}
}
