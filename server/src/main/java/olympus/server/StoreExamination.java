package olympus.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.OptionalLong;
import olympus.cli.OutputFormat;
import olympus.cli.ServerProgram.Action;
import olympus.cli.YamlText;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.store.EntryReport;
import olympus.hermes.store.OfflineStore;
import olympus.hermes.store.StoreReport;
import tools.jackson.databind.JsonNode;

/** {@code olympus store …} on one data folder: what is found or done is printed. */
record StoreExamination(Path dataFolder, OutputFormat output, UpOptions.Terminal terminal) {

    /** Returns the exit code. */
    int run(Action action) {
        try {
            var store = OfflineStore.in(dataFolder);
            return switch (action) {
                case Action.Inspect inspect -> report(store.inspect());
                case Action.Verify verify -> report(store.verify());
                case Action.ListEntries list -> entries(store, list);
                case Action.Repair repair -> repair(store, repair);
                case Action.SkipEntry skip -> skip(store, skip);
            };
        } catch (OlympusException e) {
            terminal.err().println("olympus store: " + e.getMessage());
            return e.code().exitCode();
        } catch (IOException e) {
            terminal.err().println("olympus store: " + e);
            return 1;
        }
    }

    private int report(StoreReport report) {
        print(StoreJson.report(report), out -> out.print(report.text()));
        return report.exitCode();
    }

    private int entries(OfflineStore store, Action.ListEntries list) throws IOException {
        var entries = store.entries(list.from(), list.limit());
        print(
                StoreJson.entries(entries),
                out ->
                        entries.forEach(entry ->
                                out.printf(
                                        "%d  term %d  %s  %d bytes  %s%n",
                                        entry.index(),
                                        entry.term(),
                                        entry.kind(),
                                        entry.bytes(),
                                        entry.summary())));
        return entries.stream().allMatch(EntryReport::readable) ? 0 : 1;
    }

    private int repair(OfflineStore store, Action.Repair order) throws IOException {
        var report = store.repair(index(order.truncateAt()), terminal.clock().wall());
        print(
                StoreJson.repair(report),
                out -> {
                    report.steps().forEach(out::println);
                    report.lost().forEach(out::println);
                    out.printf(
                            "the log now ends at entry %d; %d were given up and are kept in %s%n",
                            report.lastIndex(), report.givenUp(), report.kept());
                });
        return 0;
    }

    private int skip(OfflineStore store, Action.SkipEntry order) throws IOException {
        var skip = store.skipEntry(order.index(), order.reason(), terminal.clock().wall());
        print(
                StoreJson.skip(skip),
                out ->
                        out.printf(
                                "the next start passes over entry %d (%s)%n",
                                skip.index(), skip.reason()));
        return 0;
    }

    /** How people are told. */
    private interface Text {
        void print(PrintStream out);
    }

    private void print(JsonNode document, Text text) {
        var out = terminal.out();
        switch (output) {
            case TABLE -> text.print(out);
            case JSON -> out.println(document);
            case YAML -> out.print(YamlText.of(document));
        }
        out.flush();
    }

    private static OptionalLong index(String text) {
        if (text.equals("end")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "--truncate-at %s: expected the index of an entry, or end".formatted(text),
                    e);
        }
    }
}
