package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be a name is refused in words, by every command that takes one. */
final class OddNamesTest {

    private static final List<String> ODD =
            List.of(
                    "",
                    " ",
                    "we b",
                    "shop/we b",
                    "/",
                    "/web",
                    "shop/",
                    "a/b/c",
                    "..",
                    "../etc",
                    "shop/..",
                    "größe",
                    "shop/größe",
                    "店",
                    "a%2Fb",
                    "a;b",
                    "a\\b",
                    "a?b#c",
                    "a\nb");

    private static final List<List<String>> SERVICES =
            List.of(
                    List.of("status"),
                    List.of("logs"),
                    List.of("logs", "-f"),
                    List.of("start"),
                    List.of("stop"),
                    List.of("restart"),
                    List.of("history"),
                    List.of("rollback"));

    private static final List<List<String>> STACKS =
            List.of(
                    List.of("remove", "--yes"),
                    List.of("rm"),
                    List.of("pause", "--stack"),
                    List.of("resume", "--stack"));

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(List<String> command, String given) {
        var arguments = new ArrayList<>(command);
        arguments.add(given);
        return CommandRun.of(server.environment(), folder, arguments.toArray(String[]::new));
    }

    private static List<Arguments> oddNames() {
        var all = new ArrayList<Arguments>();
        for (var odd : ODD) {
            SERVICES.forEach(command -> all.add(Arguments.of(command, odd, "not a service")));
            STACKS.forEach(command -> all.add(Arguments.of(command, odd, "not a stack")));
        }
        for (var odd : List.of("", " ", "a/b", "../mars", "a%2Fb", "a;b", "a\\b", "a\nb")) {
            all.add(Arguments.of(List.of("pause", "--node"), odd, "not a node"));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("oddNames")
    void isRefusedAsWrongUsageWithWhatIsExpected(
            List<String> command, String odd, String sentence) {
        var run = run(command, odd);

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err())
                .contains(sentence)
                .contains("\"" + odd + "\"", "expected")
                .doesNotContain("internal error")
                .doesNotContain("URI");
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"why,THING", "context,NAME", "validate,DIR", "plan,DIR", "apply,DIR"})
    void anEmptyArgumentIsNoArgument(String command, String label) {
        var run = run(List.of(command), "");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("the " + label + " is empty");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void whyHandsOnAnythingAsItWasGiven() {
        for (var odd : ODD.stream().filter(text -> !text.isBlank()).toList()) {
            server.on(
                    "GET /why?thing=" + Api.escape(odd),
                    404,
                    "{\"detail\":\"nothing is called so\"}");
            assertThat(run(List.of("why"), odd).err()).contains("nothing is called so");
        }
    }

    @ParameterizedTest
    @CsvSource({"validate", "plan", "apply"})
    void aFolderThatIsNotThereIsNamed(String command) {
        for (var odd : List.of("no such", "..no", "größe", "a\nb", "a%2Fb")) {
            var run = run(List.of(command), odd);
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.err()).contains(odd + " is not a folder");
        }
    }

    @Test
    void aServiceInTheStacksPlaceIsToldWhatWouldBeRight() {
        var run = run(List.of("rm"), "shop/web");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err())
                .contains("\"shop/web\" is a service, and a stack is expected")
                .contains("\"shop\" is that service's stack")
                .contains("olympus apply DIR --prune");
    }

    @Test
    void anInstanceInTheServicesPlaceIsToldItsService() {
        assertThat(run(List.of("restart"), "shop/web.1").err())
                .contains("is an instance, and a service is expected here: shop/web");
    }
}
