package olympus.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of what ssh does; a script stands in for it. */
final class SshTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir Path folder;

    /** One that carries out the command here. */
    private static final String HERE =
            """
            while [ "$1" != -- ]; do shift; done
            shift 2
            exec sh -c "$1"
            """;

    private Ssh ssh(String script) throws IOException {
        var file = folder.resolve("ssh");
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new Ssh(file, "mars");
    }

    @Test
    void carriesOutAScriptAndSaysWhatItPrinted() throws Exception {
        var said = ssh(HERE).script("", "a='b c'\nprintf '%s\\n' \"$a\"\necho odd >&2\n", LONG);
        assertThat(said).isEqualTo("b c\n");
    }

    @Test
    void sendsAllOfAFileAndAnEarlyEndIsSaidInItsOwnWords() throws Exception {
        var much = new byte[3 << 20];
        assertThat(ssh(HERE).run("wc -c", new ByteArrayInputStream(much), LONG).strip())
                .isEqualTo(Integer.toString(much.length));

        var full = ssh(HERE);
        assertThatThrownBy(() ->
                        full.run(
                                "echo no space left >&2; exit 3",
                                new ByteArrayInputStream(much),
                                LONG))
                .isInstanceOf(RemoteFailure.class)
                .hasMessage("it ended with 3: no space left");
    }

    @Test
    void whatIsNotTakenIsAFailureEvenIfTheCommandIsContent() throws Exception {
        var content = ssh(HERE);
        assertThatThrownBy(() ->
                        content.run("exec true", new ByteArrayInputStream(new byte[3 << 20]), LONG))
                .isInstanceOf(RemoteFailure.class)
                .hasMessageContaining("not all that was sent was taken");
    }

    @Test
    void saysHowToTryWhatDoesNotGetThere() throws Exception {
        var refused = ssh("echo 'root@mars: Permission denied (publickey).' >&2; exit 255");
        assertThatThrownBy(() -> refused.script("", "true", LONG))
                .isInstanceOf(RemoteFailure.class)
                .hasMessage(
                        "ssh does not get there: root@mars: Permission denied (publickey).. It must work without typing anything: ssh -o BatchMode=yes mars true");
    }

    @Test
    void waitsNoLongerThanItMayAndEndsWhatItStarted() throws Exception {
        var pid = folder.resolve("pid");
        var slow = ssh("echo $$ >" + pid + "; exec sleep 1000");
        assertThatThrownBy(() ->
                        slow.run("true", InputStream.nullInputStream(), Duration.ofSeconds(2)))
                .isInstanceOf(RemoteFailure.class)
                .hasMessage("no answer within 2 s");
        var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        if (process.isPresent()) {
            process.get().onExit().get(20, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    @Test
    void readsToTheEndOfWhatIsFarTooMuch() throws Exception {
        assertThat(ssh(HERE).script("", "yes | head -c 3000000", LONG)).hasSize(64 << 10);
    }

    @Test
    void takesNoOptionForAHost() {
        for (var odd : new String[] {"-oProxyCommand=x", "", "a b", "a\nb"}) {
            assertThatThrownBy(() -> new Ssh(folder.resolve("ssh"), odd))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a host");
        }
        for (var right : new String[] {"mars", "root@10.0.0.1", "ssh://pi@[::1]:2222", "[::1]"}) {
            assertThat(new Ssh(folder.resolve("ssh"), right)).isNotNull();
        }
    }
}
