package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's pools have no bounds of their own: ours keep a member's threads few under load. */
final class ThreadBoundsTest {

    private static final int QUESTIONS = 3_000;
    private static final int MOST_THREADS = 100;

    @TempDir private Path folder = Path.of(".");

    @Test
    void thousandsOfQuestionsAtOnceMakeNoMoreThreads() throws Exception {
        try (var group = new MemberGroup(folder)) {
            group.found("a", "b", "c");
            var answers =
                    IntStream.range(0, QUESTIONS)
                            .mapToObj(n ->
                                    group.member(group.names().get(n % 3))
                                            .ask(n % 2 == 0 ? "put k" + n % 50 + " 1" : "get k1"))
                            .toList();
            answers.forEach(answer -> assertThat(answer.join()).matches("(done|value) .*"));
            for (var name : group.names()) {
                var threads = group.member(name).await("threads");
                System.out.println(name + " " + threads);
                assertThat(Integer.parseInt(threads.split(" ")[1])).isLessThan(MOST_THREADS);
            }
        }
    }
}
