package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The figures of one benchmark as a table, for the terminal and for the page of figures. */
record Report(Benchmark benchmark, MachineFacts machine, List<Figure> figures) {

    private static final List<String> HEAD =
            List.of("figure", "events", "p50", "p99", "max", "unit", "against", "wanted", "met");

    String text() {
        var rows = rows();
        var widths = new int[HEAD.size()];
        for (var row : rows) {
            for (var i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text =
                new StringBuilder(
                        "%n%s: %s%n%s%n%n"
                                .formatted(
                                        benchmark.name(),
                                        benchmark.question(),
                                        machine.sentence()));
        for (var row : rows) {
            for (var i = 0; i < widths.length; i++) {
                text.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length() + 2);
            }
            text.append('\n');
        }
        remarks().forEach(remark -> text.append("- ").append(remark).append('\n'));
        return text.toString();
    }

    private String markdown() {
        var text =
                new StringBuilder(
                        "## %s%n%n%s%n%n".formatted(benchmark.name(), benchmark.question()));
        var rows = rows();
        for (var row : rows) {
            text.append("| ").append(String.join(" | ", row)).append(" |\n");
            if (row.equals(HEAD)) {
                text.append("|---|---:|---:|---:|---:|---|---|---|---|\n");
            }
        }
        text.append('\n');
        remarks().forEach(remark -> text.append("- ").append(remark).append('\n'));
        return text.append(
                        "- `benchmarks/run %s`, %s.%n"
                                .formatted(benchmark.name(), machine.sentence()))
                .toString();
    }

    private List<List<String>> rows() {
        var rows = new ArrayList<List<String>>();
        rows.add(HEAD);
        for (var figure : figures) {
            var spread = figure.spread();
            var once = spread.events() == 1;
            rows.add(
                    List.of(
                            figure.name(),
                            Integer.toString(spread.events()),
                            Figure.number(spread.p50()),
                            once ? "" : Figure.number(spread.p99()),
                            once ? "" : Figure.number(spread.max()),
                            figure.unit(),
                            figure.comparisons().stream()
                                    .map(Figure.Comparison::toString)
                                    .collect(Collectors.joining(", ")),
                            figure.target().map(Figure.Target::toString).orElse(""),
                            figure.verdict()));
        }
        return rows;
    }

    private List<String> remarks() {
        return figures.stream()
                .filter(figure -> !figure.remark().isEmpty())
                .map(figure -> figure.name() + ": " + figure.remark())
                .toList();
    }

    /** Puts the table into the page, in place of the former one of this benchmark. */
    void record(Path page) throws IOException {
        var begin = "<!-- begin %s -->".formatted(benchmark.name());
        var end = "<!-- end %s -->".formatted(benchmark.name());
        var section = begin + "\n" + markdown() + end;
        var old = Files.readString(page);
        var place =
                Pattern.compile(Pattern.quote(begin) + ".*?" + Pattern.quote(end), Pattern.DOTALL);
        var matcher = place.matcher(old);
        Files.writeString(
                page,
                matcher.find()
                        ? matcher.replaceFirst(Matcher.quoteReplacement(section))
                        : old.stripTrailing() + "\n\n" + section + "\n");
    }
}
