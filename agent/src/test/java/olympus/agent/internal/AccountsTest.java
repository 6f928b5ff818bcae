package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {

    @TempDir Path etc;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                etc.resolve("passwd"),
                """
                short:x:1
                cut-here:x:12:12
                no-number-here:x:twelve:12::/:/bin/sh
                too-large-here:x:4294967295:12::/:/bin/sh
                nfsnobody-here:x:4294967294:4294967294::/home:
                """);
        Files.writeString(etc.resolve("group"), "broken\nnfsgroup-here:x:4294967294:\n");
    }

    @Test
    void knowsNumbersAboveTwoThousandMillions() {
        assertThat(new Accounts(0, etc).resolve(Optional.of("nfsnobody-here")))
                .satisfiesAnyOf(
                        found ->
                                assertThat(((Accounts.Account) found).prefix())
                                        .contains("--reuid=4294967294", "--regid=4294967294"),
                        // Where setpriv is not installed.
                        found ->
                                assertThat(((Accounts.Unusable) found).reason())
                                        .contains("setpriv"));
        assertThat(new Accounts(-2, etc).resolve(Optional.of("nfsnobody-here")))
                .isEqualTo(
                        new Accounts.Account(
                                "nfsnobody-here", "/home", "/bin/sh", java.util.List.of()));
    }

    @Test
    void doesNotTakeABrokenLineForAUser() {
        for (var name : new String[] {"cut-here", "no-number-here", "too-large-here"}) {
            assertThat(new Accounts(0, etc).resolve(Optional.of(name)))
                    .isEqualTo(
                            new Accounts.Unusable(
                                    "there is no user \"%s\" on this machine".formatted(name)));
        }
    }
}
