package olympus.hermes.store;

import java.nio.file.Path;
import java.util.List;
import olympus.hermes.files.Problem;

/**
 * What a look at a store's files found.
 *
 * @param acknowledgedIndex the last entry known to have been acknowledged, -1 for none
 * @param lastIndex the last entry that log or snapshot hold
 * @param notices what the next start will finish by itself, and other things worth knowing
 */
public record StoreReport(
        Path folder,
        long acknowledgedIndex,
        long lastIndex,
        List<FileReport> files,
        List<Problem> problems,
        List<String> notices) {

    public StoreReport {
        files = List.copyOf(files);
        problems = List.copyOf(problems);
        notices = List.copyOf(notices);
    }

    public boolean good() {
        return problems.isEmpty();
    }

    /** 0 for a good store, 1 for a damaged one. */
    public int exitCode() {
        return good() ? 0 : 1;
    }

    /** For people: a line per file, then what is wrong and what to do. */
    public String text() {
        var text = new StringBuilder();
        text.append(
                "store %s: entries up to %d, acknowledged up to %d%n"
                        .formatted(folder, lastIndex, acknowledgedIndex));
        for (var file : files) {
            text.append(
                    "%-12s %12d bytes  %10s  %-40s %s%n"
                            .formatted(
                                    file.kind().name().toLowerCase(java.util.Locale.ROOT),
                                    file.bytes(),
                                    range(file),
                                    file.file(),
                                    file.state()));
        }
        notices.forEach(
                notice -> text.append("note: ").append(notice).append(System.lineSeparator()));
        problems.forEach(
                problem -> text.append("DAMAGED: ").append(problem).append(System.lineSeparator()));
        return text.append(good() ? "good" : "damaged").append(System.lineSeparator()).toString();
    }

    private static String range(FileReport file) {
        return file.lastIndex() < 0
                ? "-"
                : file.firstIndex() < 0
                        ? "to " + file.lastIndex()
                        : file.firstIndex() + "-" + file.lastIndex();
    }
}
