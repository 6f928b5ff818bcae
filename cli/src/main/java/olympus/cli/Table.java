package olympus.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Left-aligned columns, two spaces apart, as wide as their widest cell; the last column runs on.
 */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    Table(String... headings) {
        columns = headings.length;
        rows.add(List.of(headings));
    }

    void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(
                    "%d cells for %d columns".formatted(cells.length, columns));
        }
        rows.add(List.of(cells));
    }

    void print(PrintStream out) {
        var widths = new int[columns];
        for (var row : rows) {
            for (var i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (var i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.repeat(' ', widths[i] - row.get(i).length() + 2);
                }
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
