package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** systemd, through a stand-in for systemctl that prints what a real one prints. */
final class UnitSourceTest {

    @TempDir Path root;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Machine machine;

    @BeforeEach
    void plant() throws IOException {
        machine = Machine.sound(root);
    }

    private static Inventory look(Map<String, String> environment) throws Exception {
        return ((Source.Sight.Seen) new UnitSource(environment).look()).part();
    }

    private List<Finding> findings(String more) throws Exception {
        var seen = look(machine.systemctl(Resources.text("systemctl-show.txt") + "\n" + more));
        return Judgement.of(seen, Machine.NOW, true);
    }

    private static String service(String name, Map<String, String> changed) {
        var block = new StringBuilder("Id=%s\nLoadState=loaded\n".formatted(name));
        var values =
                new java.util.TreeMap<>(
                        Map.of(
                                "ActiveState", "active",
                                "SubState", "running",
                                "UnitFileState", "enabled",
                                "Type", "simple",
                                "Result", "success",
                                "ExecMainStatus", "0",
                                "NRestarts", "0",
                                "StateChangeTimestamp", "Fri 2026-11-20 21:00:00 UTC",
                                "ConditionResult", "yes"));
        values.putAll(changed);
        values.forEach((key, value) -> block.append(key).append('=').append(value).append('\n'));
        return block.append('\n').toString();
    }

    @Test
    void findsNothingWrongOnASoundMachine() throws Exception {
        assertThat(findings("")).isEmpty();
    }

    @Test
    void readsServicesAndTimersWithTheirTimes() throws Exception {
        var seen = look(machine.systemctl(Resources.text("systemctl-show.txt")));

        assertThat(seen.units())
                .extracting(Inventory.Unit::name)
                .hasSize(5)
                .contains("ssh.service");
        assertThat(seen.units().getFirst().since()).contains(Instant.parse("2026-11-14T06:00:12Z"));
        assertThat(seen.timers())
                .containsExactly(
                        new Inventory.Timer(
                                "apt-daily.timer",
                                "apt-daily.service",
                                "active",
                                "enabled",
                                Optional.of(Instant.parse("2026-11-21T05:12:38Z")),
                                Optional.of(Instant.parse("2026-11-21T19:33:01Z")),
                                Optional.of("success")));
    }

    @Test
    void findsAFailedServiceWithSinceWhen() throws Exception {
        var found =
                findings(
                        service(
                                "vpn.service",
                                Map.of(
                                        "ActiveState", "failed",
                                        "SubState", "failed",
                                        "Result", "exit-code",
                                        "ExecMainStatus", "3")));

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().kind()).isEqualTo(Finding.Kind.UNIT_FAILED);
        assertThat(found.getFirst().what()).isEqualTo("vpn.service has failed (exit code 3)");
        assertThat(found.getFirst().since()).contains(Instant.parse("2026-11-20T21:00:00Z"));
    }

    @Test
    void findsAFailedRunOfATimersService() throws Exception {
        var timer =
                "Id=save.timer\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nUnit=save.service\nLastTriggerUSec=Fri 2026-11-20 21:00:00 UTC\n";
        var found =
                findings(
                        service(
                                        "save.service",
                                        Map.of(
                                                "ActiveState", "failed",
                                                "Result", "timeout",
                                                "Type", "oneshot"))
                                + timer);

        assertThat(found)
                .extracting(Finding::kind, Finding::what)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.TIMER_FAILED, "save.service has failed (timeout)"));
    }

    @Test
    void findsAServiceThatIsEnabledButDoesNotRun() throws Exception {
        assertThat(
                        findings(
                                service(
                                        "dns.service",
                                        Map.of("ActiveState", "inactive", "SubState", "dead"))))
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.UNIT_DOWN);
    }

    @Test
    void findsAServiceThatWasEnabledAndNeverStarted() throws Exception {
        assertThat(
                        findings(
                                service(
                                        "dns.service",
                                        Map.of(
                                                "ActiveState", "inactive",
                                                "SubState", "dead",
                                                "StateChangeTimestamp", "",
                                                "ConditionResult", "no",
                                                "ConditionTimestamp", ""))))
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.UNIT_DOWN);
    }

    @Test
    void findsAServiceThatSystemdRestartsAgainAndAgain() throws Exception {
        assertThat(
                        findings(
                                service(
                                                "flap.service",
                                                Map.of(
                                                        "ActiveState", "activating",
                                                        "SubState", "auto-restart",
                                                        "NRestarts", "41"))
                                        + service("calm.service", Map.of("NRestarts", "41"))))
                .extracting(Finding::kind, finding -> finding.subjects().getFirst())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.UNIT_FLAPPING, "flap.service"));
    }

    @Test
    void findsATimerThatIsEnabledButNotStarted() throws Exception {
        assertThat(
                        findings(
                                "Id=trim.timer\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\nUnit=trim.service\n"))
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.TIMER_DOWN);
    }

    @Test
    void saysWhenSystemdDoesNotRunTheMachine() throws Exception {
        machine.program(
                "/stand-in/systemctl",
                "#!/bin/sh\necho 'System has not been booted with systemd as init system (PID 1). Can'\"'\"'t operate.' >&2\nexit 1\n");
        var environment = Map.of("PATH", machine.at("/stand-in").toString());

        assertThat(new UnitSource(environment).look())
                .isEqualTo(new Source.Sight.Absent("systemd does not run this machine"));
        assertThat(new UnitSource(Map.of("PATH", "/nowhere")).look())
                .isEqualTo(new Source.Sight.Absent("there is no systemctl on PATH"));
    }

    @Test
    void failsWithTheWordsOfSystemctl() throws Exception {
        machine.program("/stand-in/systemctl", "#!/bin/sh\necho 'Access denied' >&2\nexit 4\n");
        var environment = Map.of("PATH", machine.at("/stand-in").toString());

        assertThatThrownBy(() -> new UnitSource(environment).look())
                .isInstanceOf(IOException.class)
                .hasMessage("systemctl show ended with 4: Access denied");
    }

    @Test
    void endsASystemctlThatHangs() throws Exception {
        var pid = machine.at("/stand-in/pid");
        machine.program(
                "/stand-in/systemctl",
                "#!/bin/sh\necho $$ > '%s.new' && mv '%s.new' '%s'\nexec sleep 600\n"
                        .formatted(pid, pid, pid));
        Source hangs = new UnitSource(Map.of("PATH", machine.at("/stand-in").toString()));

        var result = Survey.of(List.of(hangs), Duration.ofSeconds(2));

        assertThat(result.sources().getFirst().outcome()).isEqualTo(Survey.Outcome.TIMED_OUT);
        var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        if (process.isPresent()) {
            assertThat(process.get().onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    @Test
    void asksInPlainEnglishAndUtcForPropertiesOnly() throws Exception {
        machine.program(
                "/stand-in/systemctl",
                "#!/bin/sh\necho \"Id=$LC_ALL-$TZ-$1-$4-$5.service\"\necho LoadState=loaded\n");
        var environment = Map.of("PATH", machine.at("/stand-in").toString());

        var name = look(environment).units().getFirst().name();

        assertThat(name).startsWith("C-UTC-show---property=Id,").endsWith("-*.service.service");
    }
}
