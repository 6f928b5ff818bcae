package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code olympus update} and {@code olympus diff} say and order. */
class UpdateCommandTest {

    private static final String A = "sha256:" + "a".repeat(64);
    private static final String B = "sha256:" + "b".repeat(64);
    private static final String C = "sha256:" + "c".repeat(64);

    @TempDir static Path keys;

    @TempDir Path folder;

    private RecordedServer server;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        environment =
                Map.of(
                        "OLYMPUS_ADDRESS",
                        server.address(),
                        "OLYMPUS_TOKEN",
                        RecordedServer.TOKEN,
                        "OLYMPUS_CACERT",
                        server.caFile().toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(environment, folder, arguments);
    }

    private void offered(String query) {
        server.on(
                "GET /stacks/blog/images" + query,
                200,
                """
                {"stack":"blog","revision":3,"images":[
                  {"service":"db","reference":"postgres:16","running":"%1$s","offered":"%2$s",
                   "newer":[{"tag":"17","digest":"%3$s","major":true,"asked":false}],"problem":null},
                  {"service":"own","reference":"blog-own","running":null,"offered":null,"newer":[],
                   "problem":"it is built here"},
                  {"service":"same","reference":"redis:7","running":"%1$s","offered":"%1$s",
                   "newer":[],"problem":null},
                  {"service":"web","reference":"nginx:1.25-alpine","running":"%1$s","offered":"%1$s",
                   "newer":[{"tag":"1.27-alpine","digest":"%2$s","major":false,"asked":false}],
                   "problem":null}]}
                """
                        .formatted(A, B, C));
    }

    @Test
    void showsWhatIsNewerAndWhy() {
        offered("");
        var shown = run("update", "blog", "--check", "--exit-code");
        assertThat(shown.exitCode()).isEqualTo(5);
        assertThat(shown.out().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains(
                        "db | postgres:16 | sha256:aaaaaaaaaaaa | 16 is now sha256:bbbbbbbbbbbb; 17 (major, taken with --major)",
                        "own | blog-own | - | not looked up: it is built here",
                        "same | redis:7 | sha256:aaaaaaaaaaaa | -",
                        "web | nginx:1.25-alpine | sha256:aaaaaaaaaaaa | 1.27-alpine");
        assertThat(run("update", "blog", "--check").exitCode()).isZero();
        var refused = run("update", "blog");
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.err()).contains("nothing was updated: say --yes");
        assertThat(server.requests()).noneMatch(request -> request.startsWith("POST"));
    }

    private void ordered(String outcome) throws Exception {
        offered("");
        var compose = folder.resolve("compose.yaml");
        Files.writeString(compose, "services:\n  web:\n    image: nginx:1.25-alpine # page\n");
        server.on(
                "POST /stacks/blog/images",
                200,
                "{\"stack\":\"blog\",\"baseRevision\":3,\"revision\":4,\"changes\":[],\"warnings\":[],\"held\":[]}");
        server.on(
                "GET /services",
                200,
                """
                {"services":[{"service":"blog/web","revision":5,"state":"running","reason":""},
                 {"service":"blog/db","revision":5,"state":"running","reason":""}],"next":null}
                """);
        server.on(
                "GET /stacks/blog",
                200,
                """
                {"services":{
                  "web":{"workload":{"image":{"reference":"%s"},
                         "project":{"workingDirectory":"%s","configFiles":["%s"]}}},
                  "db":{"workload":{"image":{"reference":"postgres:16@%s"},
                         "project":{"workingDirectory":"/elsewhere","configFiles":[]}}}}}
                """
                        .formatted(outcome, folder, compose, B));
        server.on(
                "GET /stacks/blog/revisions",
                200,
                """
                {"revisions":[{"revision":5,"summary":"whatever it says",
                  "returned":{"service":"blog/web","toRevision":3,"reason":"blog/web.1 is unhealthy: exit status 1"}},
                 {"revision":4,"summary":"other images: changed db, web"}],"next":null}
                """);
    }

    @Test
    void ordersWhatIsNewerAndWritesItIntoTheFiles() throws Exception {
        ordered("nginx:1.27-alpine@" + B);
        var done = run("update", "blog", "--yes", "--write", folder.toString());
        assertThat(done.exitCode()).as(done.err()).isZero();
        assertThat(done.out())
                .contains("blog/web: updated to nginx:1.27-alpine@sha256:bbbbbbbbbbbb")
                .contains("`olympus rollback blog` goes back");
        assertThat(server.requests())
                .anySatisfy(request ->
                        assertThat(request)
                                .startsWith("POST /stacks/blog/images")
                                .contains("\"db\":\"postgres:16@" + B)
                                .contains("\"web\":\"nginx:1.27-alpine@" + B)
                                .doesNotContain("redis"));
        assertThat(done.err())
                .contains(
                        "changed: "
                                + folder.resolve("compose.yaml")
                                + ":3: image: nginx:1.25-alpine ->");
        assertThat(folder.resolve("compose.yaml"))
                .hasContent(
                        "services:\n  web:\n    image: nginx:1.27-alpine@%s # page\n".formatted(B));
    }

    @Test
    void leavesALineFromWhichAServiceThatStaysHasItsImage() throws Exception {
        ordered("nginx:1.27-alpine@" + B);
        var text = "services:\n  web: { image: &it nginx:1.25-alpine }\n  copy: { image: *it }\n";
        var compose = Files.writeString(folder.resolve("compose.yaml"), text);
        var done = run("update", "blog", "--yes", "--write", folder.toString());
        assertThat(done.err())
                .contains("not changed: " + compose + ":2: image: nginx:1.25-alpine ->")
                .contains("copy has its image from there too: give web an image: of its own");
        assertThat(compose).hasContent(text);
    }

    @Test
    void saysWhatWentBackAndWhy() throws Exception {
        ordered("nginx:1.25-alpine");
        var done = run("update", "blog", "--yes");
        assertThat(done.exitCode()).isEqualTo(1);
        assertThat(done.out())
                .contains(
                        "blog/web: went back to revision 3: blog/web.1 is unhealthy: exit status 1")
                .contains("blog/db: updated to postgres:16@sha256:bbbbbbbbbbbb");
        assertThat(folder.resolve("compose.yaml"))
                .content()
                .contains("image: nginx:1.25-alpine # page");
    }

    @Test
    void takesMajorVersionsOnlyWhenItIsTold() {
        offered("?only=db");
        var check = run("update", "blog", "db", "--check", "-o", "json", "--major");
        assertThat(check.out()).contains("postgres:17@" + C);
        assertThat(run("update", "blog", "db", "--check", "-o", "json").out())
                .contains("postgres:16@" + B)
                .doesNotContain("postgres:17@");
        assertThat(run("update", "blog", "db", "--check", "--digests-only", "-o", "json").out())
                .contains("postgres:16@" + B);
    }

    @Test
    void showsDifferencesAndWhatWouldBeDone() {
        server.on(
                "GET /stacks/blog/differences",
                200,
                """
                {"stack":"blog","revision":3,"compared":2,"differences":[
                  {"instance":"blog/web.1","path":"mem_limit","declared":"64m","observed":"32m"},
                  {"instance":"blog/web.1","path":"environment.EXTRA","declared":null,"observed":"1"}],
                 "notCompared":[{"instance":"blog/db.1","reason":"there is no container blog-db-1"}],
                 "pending":[{"id":"0a1b2c3d","action":"start","instance":"blog/db.1","node":"mars",
                   "why":"it ended","since":"2026-11-21T03:00:00Z","mode":"ask"}]}
                """);
        var shown = run("diff", "blog", "--exit-code");
        assertThat(shown.exitCode()).isEqualTo(5);
        assertThat(shown.out().lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
                .contains(
                        "blog/web.1 | mem_limit | 64m | 32m",
                        "blog/web.1 | environment.EXTRA | - | 1",
                        "not compared: blog/db.1: there is no container blog-db-1",
                        "What Olympus would do:");
        assertThat(run("diff", "blog").exitCode()).isZero();
    }
}
