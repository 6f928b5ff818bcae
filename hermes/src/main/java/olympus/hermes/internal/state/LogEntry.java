package olympus.hermes.internal.state;

import java.util.List;

/**
 * One entry of the log: a header and the commands that it carries, applied in order. No commands:
 * only time passes.
 */
public record LogEntry(EntryHeader header, List<Command> commands) {

    public LogEntry {
        commands = List.copyOf(commands);
    }

    /** Whether it may be applied under another epoch than the one in force: it begins a new one. */
    boolean takesEpoch() {
        return commands.stream().anyMatch(Command.TakeEpoch.class::isInstance);
    }
}
