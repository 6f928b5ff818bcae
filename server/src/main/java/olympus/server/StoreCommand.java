package olympus.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.store.EntryReport;
import olympus.hermes.store.OfflineStore;
import olympus.hermes.store.StoreReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code olympus store …}: looks at the files of a store that no process has open, and repairs
 * them.
 */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        description =
                "Inspects, verifies and repairs the store's files. Changes are refused while a server has the data folder.")
final class StoreCommand {

    private static final int MAX_ENTRIES = 100_000;

    private static final String FORMATS = "table or json (${DEFAULT-VALUE}).";

    /** How a report is printed. */
    enum Format {
        TABLE,
        JSON
    }

    private final OlympusProcess process;

    StoreCommand(OlympusProcess process) {
        this.process = process;
    }

    @Command(
            name = "inspect",
            mixinStandardHelpOptions = true,
            description = "Says what the store's files hold. May run beside a server.")
    int inspect(
            @Option(names = "--data-dir", paramLabel = "DIR") @Nullable Path folder,
            @Option(
                            names = {"-o", "--output"},
                            defaultValue = "table",
                            description = FORMATS)
                    Format format) {
        return examine(folder, (store, out) -> print(store.inspect(), format, out));
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Reads every file whole and checks it; exit code 1 when one is damaged.")
    int verify(
            @Option(names = "--data-dir", paramLabel = "DIR") @Nullable Path folder,
            @Option(
                            names = {"-o", "--output"},
                            defaultValue = "table",
                            description = FORMATS)
                    Format format) {
        return examine(folder, (store, out) -> print(store.verify(), format, out));
    }

    @Command(
            name = "log",
            mixinStandardHelpOptions = true,
            description = "Lists entries of the log. May run beside a server.")
    int log(
            @Option(names = "--data-dir", paramLabel = "DIR") @Nullable Path folder,
            @Option(
                            names = "--from",
                            defaultValue = "0",
                            paramLabel = "INDEX",
                            description = "The first entry (${DEFAULT-VALUE}).")
                    long from,
            @Option(
                            names = "--limit",
                            defaultValue = "50",
                            description = "How many entries (${DEFAULT-VALUE}).")
                    int limit,
            @Option(
                            names = {"-o", "--output"},
                            defaultValue = "table",
                            description = FORMATS)
                    Format format) {
        return examine(
                folder,
                (store, out) -> {
                    var entries = store.entries(from, Math.clamp(limit, 1, MAX_ENTRIES));
                    switch (format) {
                        case JSON -> out.println(StoreJson.entries(entries));
                        case TABLE ->
                                entries.forEach(entry ->
                                        out.printf(
                                                "%d  term %d  %s  %d bytes  %s%n",
                                                entry.index(),
                                                entry.term(),
                                                entry.kind(),
                                                entry.bytes(),
                                                entry.summary()));
                    }
                    return entries.stream().allMatch(EntryReport::readable) ? 0 : 1;
                });
    }

    private static int print(StoreReport report, Format format, PrintStream out) {
        switch (format) {
            case JSON -> out.println(StoreJson.report(report));
            case TABLE -> out.print(report.text());
        }
        return report.exitCode();
    }

    @Command(
            name = "repair",
            mixinStandardHelpOptions = true,
            description = "Cuts a damaged log off; what is cut is kept beside it.")
    int repair(
            @Option(names = "--data-dir", paramLabel = "DIR") @Nullable Path folder,
            @Option(
                            names = "--truncate-at",
                            required = true,
                            paramLabel = "INDEX|end",
                            description =
                                    "The first entry to give up; end: behind the last good one.")
                    String at) {
        return examine(
                folder,
                (store, out) -> {
                    var report = store.repair(index(at), process.terminal().clock().wall());
                    report.steps().forEach(out::println);
                    out.printf(
                            "the log now ends at entry %d; %d were given up and are kept in %s%n",
                            report.lastIndex(), report.givenUp(), report.kept());
                    return 0;
                });
    }

    @Command(
            name = "skip-entry",
            mixinStandardHelpOptions = true,
            description = "Has the next start pass over an entry that cannot be applied.")
    int skip(
            @Option(names = "--data-dir", paramLabel = "DIR") @Nullable Path folder,
            @Option(names = "--reason", required = true, description = "Why, for the record.")
                    String reason,
            @Parameters(paramLabel = "INDEX") long index) {
        return examine(
                folder,
                (store, out) -> {
                    out.println(store.skipEntry(index, reason, process.terminal().clock().wall()));
                    return 0;
                });
    }

    private interface Examination {
        int of(OfflineStore store, PrintStream out) throws IOException;
    }

    private int examine(@Nullable Path given, Examination examination) {
        var environment = process.environment();
        var folder =
                Optional.ofNullable(given)
                        .or(() ->
                                Optional.ofNullable(environment.get("OLYMPUS_DATA_DIR"))
                                        .map(Path::of))
                        .orElseGet(() -> DataFolder.standard(environment));
        try {
            return examination.of(OfflineStore.in(folder), process.terminal().out());
        } catch (OlympusException | IOException e) {
            process.terminal().err().println("olympus store: " + e.getMessage());
            return 1;
        }
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
