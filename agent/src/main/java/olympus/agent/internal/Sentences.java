package olympus.agent.internal;

import java.time.Duration;
import java.util.Map;
import olympus.model.stack.RecoveryPolicy.Restart;

/** How exit codes, signals and spans of time are written for people. */
final class Sentences {

    private static final int SIGNAL_BASE = 128;
    private static final Map<Integer, String> SIGNALS =
            Map.ofEntries(
                    Map.entry(1, "SIGHUP"),
                    Map.entry(2, "SIGINT"),
                    Map.entry(3, "SIGQUIT"),
                    Map.entry(4, "SIGILL"),
                    Map.entry(6, "SIGABRT"),
                    Map.entry(7, "SIGBUS"),
                    Map.entry(8, "SIGFPE"),
                    Map.entry(9, "SIGKILL"),
                    Map.entry(10, "SIGUSR1"),
                    Map.entry(11, "SIGSEGV"),
                    Map.entry(12, "SIGUSR2"),
                    Map.entry(13, "SIGPIPE"),
                    Map.entry(14, "SIGALRM"),
                    Map.entry(15, "SIGTERM"),
                    Map.entry(28, "SIGWINCH"));

    private Sentences() {}

    static String end(MachineInput.Ended ended) {
        var how = ended.exit().map(Sentences::exit).orElse("ended; nobody saw its exit status");
        return ended.detail().isEmpty() ? how : how + "; " + ended.detail();
    }

    static String exit(int code) {
        if (code > SIGNAL_BASE && SIGNALS.containsKey(code - SIGNAL_BASE)) {
            return "killed by " + SIGNALS.get(code - SIGNAL_BASE);
        }
        return switch (code) {
            case 126 -> "exited with 126 (its command could not be executed)";
            case 127 -> "exited with 127 (a command was not found)";
            default -> "exited with " + code;
        };
    }

    /**
     * The number of a signal given as {@code SIGTERM}, {@code TERM} or {@code 15}; SIGTERM for what
     * is none.
     */
    static int signal(String name) {
        if (name.chars().allMatch(Character::isDigit) && !name.isEmpty() && name.length() <= 2) {
            return Integer.parseInt(name);
        }
        var full = name.startsWith("SIG") ? name : "SIG" + name;
        return SIGNALS.entrySet().stream()
                .filter(signal -> signal.getValue().equals(full))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse(15);
    }

    static String duration(Duration duration) {
        var millis = duration.toMillis();
        if (millis % 60_000 == 0 && millis > 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    static String restart(Restart restart) {
        return switch (restart) {
            case ALWAYS -> "always";
            case ON_FAILURE -> "on-failure";
            case NO -> "no";
        };
    }
}
