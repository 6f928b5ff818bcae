package olympus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final MachineFacts MACHINE =
            new MachineFacts(2, "4 GiB", "6.1", "25", "0.1 0.2 0.3", "abc", Instant.EPOCH);

    private static Report report(Benchmark benchmark, double value) {
        return new Report(benchmark, MACHINE, List.of(Figure.of("size", "MiB", value)));
    }

    @Test
    void replacesTheFormerTableOfTheSameBenchmarkAndKeepsTheRestOfThePage(@TempDir Path folder)
            throws IOException {
        var page = Files.writeString(folder.resolve("page.md"), "# Page\n\nText.\n");

        report(new StartBenchmark(), 1).record(page);
        report(new HungProbeBenchmark(), 5).record(page);
        report(new StartBenchmark(), 2).record(page);

        assertThat(Files.readString(page))
                .startsWith("# Page\n\nText.\n\n<!-- begin start -->")
                .endsWith("<!-- end hung-probe -->\n")
                .contains("| size | 1 | 2.00 |", "| size | 1 | 5.00 |")
                .doesNotContain("| size | 1 | 1.00 |");
    }

    @Test
    void keepsFiguresWholeBetweenTheProcesses(@TempDir Path folder) throws IOException {
        var bench = Workbench.in(folder, folder.resolve("work"), folder.resolve("none"));
        bench.report(
                Figure.of("size", "MiB", 3)
                        .wanted(Figure.Target.below(Figure.Statistic.P50, 4))
                        .against("peer", Spread.of(List.of(6.0)))
                        .remarked("a remark"));
        bench.write();

        assertThat(Workbench.read(folder.resolve("work"))).isEqualTo(bench.figures());
    }
}
