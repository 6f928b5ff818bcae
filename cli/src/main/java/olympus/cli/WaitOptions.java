package olympus.cli;

import java.time.Duration;
import olympus.model.json.DurationText;
import picocli.CommandLine.Option;

/** How long a command waits for what it began; shared by those that wait by themselves. */
final class WaitOptions {

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "5m",
            description =
                    "How long to wait until it is done (default: ${DEFAULT-VALUE}). What is not done by then goes on by itself, and is told; exit code 1.")
    private String wait = "5m";

    @Option(names = "--no-wait", description = "Only order it; olympus wait waits for it later.")
    private boolean noWait;

    boolean isWanted() {
        return !noWait;
    }

    Duration patience() {
        return parsed(wait);
    }

    static Duration parsed(String text) {
        return DurationText.parse(text)
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCodes.USAGE,
                                "--wait \"%s\" is no duration; expected %s"
                                        .formatted(text, DurationText.EXPECTED)));
    }
}
