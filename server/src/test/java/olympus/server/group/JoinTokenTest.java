package olympus.server.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

final class JoinTokenTest {

    @Test
    void isReadAsItIsPrintedAndShowsItsSecretNowhereElse() throws Exception {
        var key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
        var made = JoinToken.make(key, new SecureRandom());
        var read = JoinToken.parse(" " + made.text() + "\n");
        assertThat(read).isEqualTo(made);
        assertThat(read.authority()).isEqualTo(JoinToken.fingerprint(key));
        assertThat(made.toString()).doesNotContain(made.secret());
        assertThat(made.id()).doesNotContain(made.secret()).hasSize(64);
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutBeingRepeated() {
        for (var text : new String[] {"", "olympus_abcdef", "olympus-join.a.b"}) {
            assertThatThrownBy(() -> JoinToken.parse(text))
                    .hasMessageContaining("olympus servers add")
                    .hasMessageNotContaining("abcdef");
        }
    }
}
