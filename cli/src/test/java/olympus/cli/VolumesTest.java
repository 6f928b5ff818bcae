package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** volumes and services: what is asked of the server, and what is told. */
final class VolumesTest {

    private static final String LIST =
            """
            {"volumes":[
              {"volume":"shop_data","node":"mars","driver":"local","stack":"shop","services":["shop/db"],
               "containers":["shop-db-1"],"sizeBytes":5242880,"note":""},
              {"volume":"old_data","node":"mars","driver":"local","stack":"old","services":[],"containers":[],
               "sizeBytes":null,"note":"orphaned by the removal of stack old on 2026-11-20 by admin"}],
             "problems":["node venus is not connected"]}\
            """;
    private static final String REMOVE = "DELETE /volumes/mars/old_data?confirm=old_data";

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        server.on("GET /volumes", 200, LIST)
                .on(REMOVE, 200, "{\"volume\":\"old_data\",\"node\":\"mars\"}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun typing(String text, boolean terminal, String... arguments) {
        return CommandRun.answering(text, terminal, server.environment(), folder, arguments);
    }

    private CommandRun run(String... arguments) {
        return typing("", false, arguments);
    }

    @Test
    void listsVolumesWithTheirUsersAndWhatIsLeftOver() {
        var run = run("volumes");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("shop_data", "5.0 MiB", "shop/db")
                .contains("orphaned by the removal of stack old on 2026-11-20 by admin");
        assertThat(run.err()).contains("not shown: node venus is not connected");
    }

    @Test
    void aNameThatIsNoStackIsToldApartFromAStackWithoutVolumes() {
        server.on("GET /volumes?stack=shpo", 200, "{\"volumes\":[],\"problems\":[]}")
                .on("GET /volumes?stack=tools", 200, "{\"volumes\":[],\"problems\":[]}")
                .on(
                        "GET /stacks",
                        200,
                        "{\"stacks\":[{\"stack\":\"shop\"},{\"stack\":\"tools\"}]}");
        var unknown = run("volumes", "shpo");
        assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(unknown.err())
                .isEqualTo(
                        "olympus volumes: there is no stack shpo, and no volume of one that was removed; stacks: shop, tools\n");
        var without = run("volumes", "tools");
        assertThat(without.exitCode()).isZero();
        assertThat(without.out()).isEqualTo("stack tools has no volumes\n");
    }

    @Test
    void removesOnlyWhenThePersonTypesTheName() {
        var right = typing("old_data\n", true, "volumes", "remove", "old_data");
        assertThat(right.out())
                .contains("There is no way back")
                .contains("removed volume old_data");
        assertThat(server.requests()).contains(REMOVE);
    }

    @Test
    void removesNothingWhenSomethingElseIsTyped() {
        for (var typed : new String[] {"yes\n", "\n", "", "old_dat\n"}) {
            var wrong = typing(typed, true, "volumes", "remove", "old_data");
            assertThat(wrong.exitCode()).isEqualTo(ExitCodes.REFUSED);
            assertThat(wrong.err()).contains("nothing was removed");
        }
        assertThat(server.requests()).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void needsTheNameOnceMoreWithoutATerminal() {
        var without = run("volumes", "remove", "old_data");
        assertThat(without.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(without.err()).contains("--confirm old_data");
        assertThat(run("volumes", "remove", "old_data", "--confirm", "old").exitCode())
                .isEqualTo(ExitCodes.REFUSED);
        assertThat(run("volumes", "remove", "old_data", "--confirm", "old_data").exitCode())
                .isZero();
        assertThat(run("volumes", "remove", "gone", "--confirm", "gone").err())
                .contains("there is no volume \"gone\"")
                .contains("not asked: node venus is not connected");
    }

    @Test
    void listsServicesAsTheirUsersKnowThem() {
        server.on(
                "GET /catalogue?stack=shop",
                200,
                """
                {"services":[{"service":"shop/web","name":"The shop","description":"","hidden":false,
                  "links":["https://shop.lan"],"driver":"container","version":"nginx:1.29",
                  "digest":"sha256:0123456789abcdef0123","nodes":["mars"],"mode":"manage","state":"running",
                  "healthy":1,"desired":1}],"problems":[]}\
                """);
        assertThat(run("services", "shop").out())
                .contains("The shop", "https://shop.lan", "nginx:1.29", "sha256:0123456789ab")
                .contains("mars", "manage", "1/1");
    }

    @Test
    void execTakesOnlyWhatCanBeRunAndEndsWith125Otherwise() {
        assertThat(run("exec", "shop/web").exitCode()).isEqualTo(ExecCommand.NOT_RUN);
        assertThat(run("exec", "shop/web", "-e", "novalue", "--", "true").err())
                .contains("-e novalue: expected NAME=VALUE");
        server.on(
                "POST /services/shop/web/exec",
                409,
                "{\"detail\":\"no instance of shop/web runs\",\"status\":409}");
        var refused = run("exec", "shop/web.2", "-i", "--", "sh", "-c", "exit 3");
        assertThat(refused.exitCode()).isEqualTo(ExecCommand.NOT_RUN);
        assertThat(refused.err()).contains("no instance of shop/web runs");
    }
}
