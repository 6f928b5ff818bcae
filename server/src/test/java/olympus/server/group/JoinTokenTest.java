package olympus.server.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import olympus.link.keys.KeyFingerprint;
import org.junit.jupiter.api.Test;

final class JoinTokenTest {

    @Test
    void isReadAsItIsPrintedAndShowsItsSecretNowhereElse() throws Exception {
        var key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
        for (var kind : JoinToken.Kind.values()) {
            var made = JoinToken.make(kind, key, new SecureRandom());
            var read = JoinToken.parse(kind, " " + made.text() + "\n");
            assertThat(read).isEqualTo(made);
            assertThat(read.authority()).isEqualTo(KeyFingerprint.of(key));
            assertThat(made.toString()).doesNotContain(made.secret());
            assertThat(made.id()).doesNotContain(made.secret()).hasSize(64);
        }
    }

    @Test
    void aTokenOfOneKindIsNotTakenForAnother() throws Exception {
        var key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
        var server = JoinToken.make(JoinToken.Kind.SERVER, key, new SecureRandom());
        assertThat(server.text()).startsWith("olympus-join.");
        assertThatThrownBy(() -> JoinToken.parse(JoinToken.Kind.AGENT, server.text()))
                .hasMessageContaining("expected olympus-agent.AUTHORITY.SECRET")
                .hasMessageContaining("olympus token create --agent")
                .hasMessageNotContaining(server.secret());
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutBeingRepeated() {
        for (var text : new String[] {"", "olympus_abcdef", "olympus-join.a.b"}) {
            assertThatThrownBy(() -> JoinToken.parse(JoinToken.Kind.SERVER, text))
                    .hasMessageContaining("olympus servers add")
                    .hasMessageNotContaining("abcdef");
        }
    }
}
