package olympus.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that put another store into a data folder that no process has open. */
final class OfflineOptions {

    @Mixin private final StoreOptions store = new StoreOptions();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    ServerProgram.Offline order() {
        return new ServerProgram.Offline(store.dataFolder(), store.output(), this::ask);
    }

    private ServerProgram.Consent.Answer ask(String question) {
        if (yes) {
            return ServerProgram.Consent.Answer.GIVEN;
        }
        var console = Console.ofProcess();
        if (!console.interactive()) {
            return ServerProgram.Consent.Answer.NOBODY_THERE;
        }
        return console.confirm(question)
                ? ServerProgram.Consent.Answer.GIVEN
                : ServerProgram.Consent.Answer.DENIED;
    }
}
