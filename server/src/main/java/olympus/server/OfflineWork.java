package olympus.server;

import java.io.IOException;
import java.util.List;
import olympus.cli.OutputFormat;
import olympus.cli.ServerProgram.Offline;
import olympus.cli.YamlText;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.store.NewStoreReport;
import tools.jackson.databind.JsonNode;

/**
 * How a command that puts another store into a data folder talks with the person who gave it: what
 * it found, whether it shall go on, what came of it.
 *
 * @param command its words
 */
record OfflineWork(String command, Offline order, UpOptions.Terminal terminal) {

    /** What is to be done; returns the exit code. */
    interface Task {
        int run() throws IOException;
    }

    int run(Task task) {
        try {
            return task.run();
        } catch (OlympusException e) {
            return failed(String.valueOf(e.getMessage()), e.code());
        } catch (IOException e) {
            return failed(e.toString(), ErrorCode.UNAVAILABLE);
        }
    }

    private int failed(String message, ErrorCode code) {
        terminal.err().printf("olympus %s: %s%n", command, message);
        terminal.err().flush();
        return code.exitCode();
    }

    /** Tells what was found and what would be done; only for people. */
    void tell(List<String> lines) {
        if (order.output() == OutputFormat.TABLE) {
            lines.forEach(terminal.out()::println);
            terminal.out().flush();
        }
    }

    /** Throws unless the person agrees. */
    void consent(String question) {
        switch (order.consent().ask(question)) {
            case GIVEN -> {}
            case DENIED ->
                    throw new OlympusException(
                            ErrorCode.CONFIRMATION_REQUIRED, "nothing was changed");
            case NOBODY_THERE ->
                    throw new OlympusException(
                            ErrorCode.CONFIRMATION_REQUIRED,
                            "nothing was changed: say --yes to do it without being asked");
        }
    }

    /** Prints what came of it. */
    void print(JsonNode document, List<String> lines) {
        switch (order.output()) {
            case TABLE -> tell(lines);
            case JSON -> terminal.out().println(document);
            case YAML -> terminal.out().print(YamlText.of(document));
        }
        terminal.out().flush();
    }

    static String made(NewStoreReport report) {
        return "done: the store has one server, %d keys, incarnation %d and the group %s"
                .formatted(report.entries(), report.incarnation(), report.group());
    }
}
