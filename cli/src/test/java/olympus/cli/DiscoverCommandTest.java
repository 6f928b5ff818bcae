package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import olympus.cli.discover.Machine;
import olympus.cli.discover.Resources;
import olympus.cli.discover.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** The command as a person runs it, on planted machines. */
final class DiscoverCommandTest {

    @TempDir Path root;

    private static CommandRun run(List<Source> sources, String... arguments) {
        var out = new ByteArrayOutputStream();
        var console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new BufferedReader(new StringReader("")),
                        false);
        var session = new Session(console, new ServerFinder(Map.of(), Path.of("/nowhere")));
        var clock = Clock.fixed(Machine.NOW, ZoneOffset.UTC);
        var line =
                new CommandLine(new DiscoverCommand(session, sources, clock))
                        .setCaseInsensitiveEnumValuesAllowed(true);
        return new CommandRun(line.execute(arguments), out.toString(StandardCharsets.UTF_8), "");
    }

    private Machine troubled() throws IOException {
        return Machine.sound(root)
                .file("/etc/cron.d/backup.sh", "0 2 * * * root true\n")
                .file("/etc/cron.d/save", "0 2 * * * root restic -r /srv/backup backup /home\n")
                .program("/usr/bin/restic", "binary")
                .restic("/srv/backup", Machine.NOW.minusSeconds(1_000_000))
                .listener("tcp", "00000000", 22, 11, "sshd", "/system.slice/ssh.service")
                .listener("tcp", "00000000", 6379, 12, "redis-server", "/");
    }

    private static String failed() {
        return """

        Id=vpn.service
        Description=Tunnel
        LoadState=loaded
        ActiveState=failed
        SubState=failed
        UnitFileState=enabled
        Type=simple
        Result=exit-code
        ExecMainStatus=1
        NRestarts=5
        StateChangeTimestamp=Fri 2026-11-20 21:00:00 UTC
        """;
    }

    @Test
    void saysThatNothingIsWrongWithASoundMachine() throws IOException {
        var machine = Machine.sound(root);
        var sources = machine.sources(machine.systemctl(Resources.text("systemctl-show.txt")));

        var run = run(sources);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("Nothing is wrong with what could be seen.\n")
                .doesNotContain("Not seen");
    }

    @Test
    void tellsFindingsWorstFirstAndThenEverythingSeen() throws IOException {
        var machine = troubled();
        var environment = machine.systemctl(Resources.text("systemctl-show.txt") + failed());

        var run = run(machine.sources(environment));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo(Resources.golden("discover.txt", run.out()));
    }

    @Test
    void printsTheSameAsJsonAndYaml() throws IOException {
        var machine = troubled();
        var sources = machine.sources(Map.of());

        var json = run(sources, "--json");

        var document = JsonMapper.shared().readTree(json.out());
        assertThat(document.path("findings").size()).isEqualTo(3);
        assertThat(document.path("sources").path(0).path("outcome").asString()).isEqualTo("absent");
        assertThat(run(sources, "-o", "json").out()).isEqualTo(json.out());
        assertThat(run(sources, "-o", "yaml").out())
                .contains("findings:")
                .contains("kind: cron_broken");
    }

    @Test
    void saysWhatItCouldNotSeeAndFailsOnlyWhenItSawNothing() throws IOException {
        var broken =
                new Source() {
                    @Override
                    public String name() {
                        return "containers";
                    }

                    @Override
                    public Sight look() throws IOException {
                        throw new IOException("this user may not use /var/run/docker.sock");
                    }
                };
        var sources = new ArrayList<>(Machine.sound(root).sources(Map.of()));
        sources.add(broken);

        var some = run(sources);
        assertThat(some.exitCode()).isZero();
        assertThat(some.out())
                .contains("Not seen:\n")
                .contains("  systemd: not here: there is no systemctl on PATH\n")
                .contains("  containers: failed: this user may not use /var/run/docker.sock\n");

        assertThat(run(List.of(broken)).exitCode()).isEqualTo(ExitCodes.FAILED);
    }

    @Test
    void changesNothing() throws IOException {
        var machine = troubled();
        var environment = machine.systemctl(Resources.text("systemctl-show.txt"));
        var before = state(machine.root());

        run(machine.sources(environment), "--json");

        assertThat(state(machine.root())).isEqualTo(before);
    }

    private static List<String> state(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            var state = new ArrayList<String>();
            for (var file : files.sorted().toList()) {
                state.add(
                        file
                                + " "
                                + Files.getLastModifiedTime(
                                        file, java.nio.file.LinkOption.NOFOLLOW_LINKS));
            }
            return state;
        }
    }
}
