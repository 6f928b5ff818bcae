package olympus.link.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.SecretRef;
import olympus.model.StackName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretVaultTest {

    private static final StackName SHOP = new StackName("shop");
    private static final String CLEAR = "correct horse battery staple ü 🏛";

    @TempDir Path data;

    private final SecureRandom random = new SecureRandom();
    private Path file;
    private SecretVault vault;
    private SecretRef ref;

    @BeforeEach
    void prepare() {
        file = data.resolve("keys").resolve(SecretVault.ISLAND_KEY);
        vault = SecretVault.openOrCreate(file, random);
        ref = vault.reference(SHOP, "DB_PASSWORD", CLEAR);
    }

    @Test
    void whatIsSealedIsOpenedAgainAlsoAfterARestart() {
        var sealed = vault.seal(ref, CLEAR);
        assertThat(vault.open(ref, sealed)).isEqualTo(CLEAR);
        assertThat(SecretVault.openOrCreate(file, random).open(ref, sealed)).isEqualTo(CLEAR);
        assertThat(vault.open(ref, vault.seal(ref, ""))).isEmpty();
    }

    @Test
    void sealingTwiceLooksDifferentAndShowsNothing() {
        var sealed = vault.seal(ref, CLEAR);
        assertThat(sealed).isNotEqualTo(vault.seal(ref, CLEAR));
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("horse");
    }

    @Test
    void aFingerprintTellsAChangeAndNothingElse() throws IOException {
        assertThat(ref.fingerprint()).matches("[0-9a-f]{16}");
        assertThat(vault.reference(SHOP, "DB_PASSWORD", CLEAR)).isEqualTo(ref);
        assertThat(vault.reference(SHOP, "DB_PASSWORD", CLEAR + "!")).isNotEqualTo(ref);
        assertThat(vault.reference(SHOP, "OTHER", CLEAR).fingerprint())
                .isNotEqualTo(ref.fingerprint());
        var elsewhere = SecretVault.openOrCreate(data.resolve("other.key"), random);
        assertThat(elsewhere.reference(SHOP, "DB_PASSWORD", CLEAR).fingerprint())
                .isNotEqualTo(ref.fingerprint());
    }

    @Test
    void everyFlippedBitAndEveryCutIsNoticed() {
        var sealed = vault.seal(ref, CLEAR);
        for (var bit = 0; bit < sealed.length * 8; bit++) {
            var changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertUnreadable(changed, ref);
        }
        for (var length = 0; length < sealed.length; length++) {
            assertUnreadable(java.util.Arrays.copyOf(sealed, length), ref);
        }
    }

    @Test
    void aSealedSecretCannotBePassedOffAsAnother() {
        assertUnreadable(vault.seal(ref, CLEAR), vault.reference(SHOP, "OTHER", CLEAR));
    }

    @Test
    void anotherKeyFileOpensNothingAndSaysSo() {
        var other = SecretVault.openOrCreate(data.resolve("other.key"), random);
        assertThatThrownBy(() -> other.open(ref, vault.seal(ref, CLEAR)))
                .hasMessageContaining("sealed under another key file")
                .hasMessageNotContaining(CLEAR);
    }

    @Test
    void aSecretThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> vault.seal(ref, "x".repeat(SecretVault.MAX_SECRET_BYTES + 1)))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining(
                        "shop/DB_PASSWORD@"
                                + ref.fingerprint()
                                + " has 65537 bytes; at most 65536");
    }

    @Test
    void theKeyFileIsForItsOwnerOnlyAndItsDamageIsNoticed() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        var whole = Files.readString(file);
        var flipped =
                whole.replaceFirst(
                        "^(olympus-key-1 )(.)", "$1" + (whole.charAt(14) == '0' ? '1' : '0'));
        for (var damage : new String[] {"", flipped, whole.substring(0, 40)}) {
            Files.writeString(file, damage);
            assertThatThrownBy(() -> SecretVault.openOrCreate(file, random))
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining("island.key")
                    .hasMessageContaining("restore it from a backup");
        }
    }

    private void assertUnreadable(byte[] sealed, SecretRef as) {
        assertThatThrownBy(() -> vault.open(as, sealed))
                .isInstanceOf(OlympusException.class)
                .extracting(failure -> ((OlympusException) failure).code())
                .isEqualTo(ErrorCode.CORRUPT);
    }
}
