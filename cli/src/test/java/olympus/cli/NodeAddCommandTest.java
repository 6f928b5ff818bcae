package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code node add} asks of the server and tells of each machine. A script answers in ssh's
 * place; that it works with a real one is shown by the system tests.
 */
final class NodeAddCommandTest {

    private static final String ID = "0a1b2c3d4e5f" + "0".repeat(52);
    private static final String LOOK = "printf 'user=root\\nroot=yes\\nkernel=Linux\\n";

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        server.on(
                        "GET /servers",
                        200,
                        "{\"servers\":[{\"leader\":true,\"api\":\"https://10.0.0.1:7400\"}]}")
                .on(
                        "POST /agent-tokens",
                        201,
                        "{\"token\":\"olympus-agent.AUTH.SECRET\",\"id\":\"%s\",\"uses\":1}"
                                .formatted(ID))
                .on("DELETE /agent-tokens/" + ID, 200, "{\"id\":\"%s\"}".formatted(ID));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /**
     * Runs it where ssh is this script; {@code $host} is the machine, {@code $input} its script.
     */
    private CommandRun run(String ssh, String... arguments) throws IOException {
        var tools = Files.createDirectories(folder.resolve("tools"));
        var file =
                Files.writeString(
                        tools.resolve("ssh"),
                        """
                        #!/bin/sh
                        while [ "$1" != -- ]; do shift; done
                        host=$2
                        input=$(cat)
                        printf '%%s\\n' "$input" >>%s/sent-$host
                        %s
                        """
                                .formatted(folder, ssh));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        var environment = new HashMap<>(server.environment());
        environment.put("PATH", tools.toString());
        return CommandRun.of(environment, folder, arguments);
    }

    private static String becomes(String node) {
        return "{\"tokens\":[{\"id\":\"%s\",\"usedBy\":[\"%s\"]}]}".formatted(ID, node);
    }

    @Test
    void letsAMachineInLabelsItAndTakesTheTokenOutOfItsFiles() throws Exception {
        server.on("GET /agent-tokens", 200, becomes("n1"))
                .on(
                        "GET /nodes",
                        200,
                        "{\"nodes\":[{\"node\":\"venus\",\"id\":\"n1\",\"connected\":true}]}")
                .on("POST /nodes/n1/labels", 200, "{\"node\":\"venus\",\"id\":\"n1\"}");

        var run =
                run(
                        LOOK + "systemd=yes\\nolympus=yes\\n'",
                        "node",
                        "add",
                        "--ssh",
                        "root@venus",
                        "-l",
                        "role=web");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("root@venus").contains("venus");
        assertThat(run.err()).contains("root@venus: is node venus");
        assertThat(server.requests())
                .contains("POST /nodes/n1/labels {\"labels\":{\"role\":\"web\"},\"remove\":[]}")
                .contains("DELETE /agent-tokens/" + ID);
        var sent = Files.readString(folder.resolve("sent-root@venus"));
        assertThat(sent)
                .contains("server='https://10.0.0.1:7400'")
                .contains("token='olympus-agent.AUTH.SECRET'")
                .contains("systemctl enable --quiet --now olympus-agent");
        assertThat(sent.lastIndexOf("Takes the token out")).isGreaterThan(sent.indexOf("token='"));
    }

    @Test
    void oneThatFailsIsToldAndDoesNotHoldUpTheOthers() throws Exception {
        server.on("GET /agent-tokens", 200, becomes("n1"))
                .on(
                        "GET /nodes",
                        200,
                        "{\"nodes\":[{\"node\":\"venus\",\"id\":\"n1\",\"connected\":true}]}");

        var run =
                run(
                        """
                        if [ "$host" = mars ]; then
                            echo 'mars: Permission denied (publickey)' >&2
                            exit 255
                        fi
                        %ssystemd=yes\\nolympus=yes\\n'
                        """
                                .formatted(LOOK),
                        "node",
                        "add",
                        "--ssh",
                        "mars",
                        "venus",
                        "-o",
                        "json");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out())
                .contains("Permission denied (publickey)")
                .contains("ssh -o BatchMode=yes mars true")
                .contains("\"node\" : \"venus\"");
    }

    @Test
    void oneThatWasLetInButDoesNotLinkStaysAndIsTold() throws Exception {
        server.on("GET /agent-tokens", 200, becomes("n1"))
                .on(
                        "GET /nodes",
                        200,
                        "{\"nodes\":[{\"node\":\"venus\",\"id\":\"n1\",\"connected\":false}]}")
                .on(
                        "DELETE /agent-tokens/" + ID,
                        200,
                        "{\"id\":\"%s\",\"usedBy\":[\"n1\"]}".formatted(ID));

        var run =
                run(
                        LOOK + "systemd=yes\\nolympus=yes\\n'",
                        "node",
                        "add",
                        "--ssh",
                        "venus",
                        "--wait",
                        "1s",
                        "-o",
                        "json");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out())
                .contains("\"node\" : \"venus\"")
                .contains("is port 7401 of the servers reached from there")
                .contains("olympus node remove");
        assertThat(Files.readString(folder.resolve("sent-venus")))
                .contains("Takes the token out")
                .doesNotContain("systemctl disable");
    }

    @Test
    void aServerThatDoesNotAnswerWhileItWaitsLeavesNothingBehind() throws Exception {
        server.on("GET /agent-tokens", 503, "{\"detail\":\"it starts anew\"}");

        var run =
                run(
                        LOOK + "systemd=yes\\nolympus=yes\\n'",
                        "node",
                        "add",
                        "--ssh",
                        "venus",
                        "--wait",
                        "1s");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out())
                .contains("did not come in within 1 s")
                .contains("The server said last: ")
                .contains("it starts anew");
        assertThat(server.requests()).contains("DELETE /agent-tokens/" + ID);
        assertThat(Files.readString(folder.resolve("sent-venus"))).contains("systemctl disable");
    }

    @Test
    void asksForAnAddressWhereOnlyThisMachineCouldReachTheServer() throws Exception {
        server.on(
                "GET /servers",
                200,
                "{\"servers\":[{\"leader\":true,\"api\":\"https://127.0.0.1:7400\"}]}");
        var run = run("exit 1", "node", "add", "--ssh", "venus");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("127.0.0.1").contains("--server https://HOST:7400");
        assertThat(folder.resolve("sent-venus")).doesNotExist();
    }

    @Test
    void oneThatDoesNotStartIsLeftWithoutTokenAndUnit() throws Exception {
        var run =
                run(
                        """
                        case $input in
                        *"systemctl enable"*) echo 'Job for olympus-agent.service failed' >&2; exit 1 ;;
                        *"systemctl disable"*) echo 'no route to 10.0.0.1' ;;
                        *) %ssystemd=yes\\nolympus=yes\\n' ;;
                        esac
                        """
                                .formatted(LOOK),
                        "node",
                        "add",
                        "--ssh",
                        "venus");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out())
                .contains("Job for olympus-agent.service failed")
                .contains("no route to 10.0.0.1");
        assertThat(server.requests()).contains("DELETE /agent-tokens/" + ID);
    }

    @Test
    void changesNothingWhereSomethingSpeaksAgainstIt() throws Exception {
        var bare = run(LOOK + "systemd=yes\\nolympus=no\\n'", "node", "add", "--ssh", "venus");
        assertThat(bare.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(bare.out()).contains("not installed there").contains("--package");

        var busy = run(LOOK + "active=olympus\\n'", "node", "add", "--ssh", "venus");
        assertThat(busy.out()).contains("olympus runs there already; nothing was changed");
        assertThat(server.requests()).noneMatch(request -> request.startsWith("POST"));
    }

    @Test
    void saysWhatIsNoHostNoLabelAndNoPackage() throws Exception {
        for (var wrong :
                new String[][] {
                    {"--ssh", "a", "a"},
                    {"--ssh", "a", "-l", "role"},
                    {"--ssh", "a", "-l", "bad key=x"},
                    {"--ssh", "a", "-l", "role=web", "-l", "role=db"},
                    {"--ssh", "a", "--package", "none.deb"},
                    {"--ssh", "a", "--server", "http://10.0.0.1"},
                    {"--ssh", "a", "--server", "https://user@10.0.0.1/?a=b'c"},
                    {"--ssh", "a", "--wait", "soon"},
                    {"-l", "role=web"},
                    {"--ssh", "a b"}
                }) {
            var words = new String[2 + wrong.length];
            words[0] = "node";
            words[1] = "add";
            System.arraycopy(wrong, 0, words, 2, wrong.length);
            var run = run("exit 1", words);
            assertThat(run.exitCode()).as(String.join(" ", words)).isEqualTo(ExitCodes.USAGE);
            assertThat(run.err()).isNotBlank();
        }
        assertThat(server.requests()).isEmpty();
    }
}
