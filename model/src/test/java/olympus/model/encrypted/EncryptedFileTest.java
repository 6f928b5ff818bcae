package olympus.model.encrypted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.encrypted.EncryptedFile.Content;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedFileTest {

    private static final int MAX = 1 << 16;

    @TempDir private Path folder;
    private AgeProgram.KeyPair pair;
    private AgeKeys keys;

    @BeforeEach
    void makeKeys() throws Exception {
        pair = AgeProgram.keyPair(folder.resolve("keys.txt"));
        keys = new AgeKeys(Map.of("SOPS_AGE_KEY_FILE", pair.file().toString()));
    }

    private Content open(String text) throws UnopenedException {
        return EncryptedFile.open(text.getBytes(StandardCharsets.UTF_8), keys, MAX).orElseThrow();
    }

    private Map<String, String> values(String text) throws UnopenedException {
        return ((Content.Values) open(text)).byPath();
    }

    @Test
    void opensWhatAgeEncryptedAsBytesAndAsText() throws Exception {
        for (var armored : new boolean[] {false, true}) {
            var file =
                    AgeProgram.encrypt(
                            "pässword\n".getBytes(StandardCharsets.UTF_8),
                            pair.recipient(),
                            armored);
            assertThat(EncryptedFile.is(file)).isTrue();
            assertThat(EncryptedFile.open(file, keys, MAX))
                    .contains(new Content.Whole("pässword\n"));
        }
    }

    @Test
    void findsKeysWhereSopsLooksForThem() throws Exception {
        var file = AgeProgram.encrypt("x".getBytes(StandardCharsets.UTF_8), pair.recipient(), true);
        var home = folder.resolve("home");
        Files.createDirectories(home.resolve(".config/sops/age"));
        Files.copy(pair.file(), home.resolve(".config/sops/age/keys.txt"));
        for (var environment :
                List.of(
                        Map.of("SOPS_AGE_KEY", pair.secret()),
                        Map.of("HOME", home.toString()),
                        Map.of(
                                "XDG_CONFIG_HOME",
                                home.resolve(".config").toString(),
                                "HOME",
                                "/none"))) {
            var places = new AgeKeys(environment);
            assertThat(EncryptedFile.open(file, places, MAX)).contains(new Content.Whole("x"));
        }
    }

    @Test
    void saysWhereItLookedWhenThereIsNoKeyOrAnother() throws Exception {
        var file = AgeProgram.encrypt("x".getBytes(StandardCharsets.UTF_8), pair.recipient(), true);
        assertThatThrownBy(() ->
                        EncryptedFile.open(
                                file, new AgeKeys(Map.of("HOME", folder.toString())), MAX))
                .isInstanceOf(UnopenedException.class)
                .hasMessage("there is no private age key to open it with")
                .extracting(e -> ((UnopenedException) e).expected())
                .asString()
                .contains("SOPS_AGE_KEY_FILE", folder + "/.config/sops/age/keys.txt");
        var other = AgeProgram.keyPair(folder.resolve("other.txt"));
        assertThatThrownBy(() ->
                        EncryptedFile.open(
                                file, new AgeKeys(Map.of("SOPS_AGE_KEY", other.secret())), MAX))
                .hasMessageContaining("no private age key at hand opens it");
    }

    @Test
    void neverQuotesAKeyThatIsDamaged() {
        var damaged = pair.secret().substring(0, 40) + "QQQQ" + pair.secret().substring(44);
        assertThatThrownBy(() ->
                        EncryptedFile.open(
                                "-----BEGIN AGE ENCRYPTED FILE-----\n"
                                        .getBytes(StandardCharsets.UTF_8),
                                new AgeKeys(Map.of("SOPS_AGE_KEY", "# mine\n" + damaged)),
                                MAX))
                .hasMessage("line 2 of SOPS_AGE_KEY is a damaged age key")
                .hasNoCause();
    }

    @Test
    void refusesADamagedOrOverlongAgeFile() throws Exception {
        var file = AgeProgram.encrypt(new byte[5000], pair.recipient(), false);
        assertThatThrownBy(() -> EncryptedFile.open(file, keys, 4999))
                .hasMessageContaining("more than 4999 bytes");
        file[file.length - 1] ^= 1;
        assertThatThrownBy(() -> EncryptedFile.open(file, keys, MAX))
                .hasMessageContaining("it is damaged");
    }

    @Test
    void opensYamlOfSopsWithAllTypesAndPlainValues() throws Exception {
        var sops = new SopsWriter(pair.recipient());
        var text =
                """
                # a comment
                password: %s
                empty: ""
                nothing: null
                db:
                    port: %s
                    ratio: %s
                    tls: %s
                    hosts:
                        - %s
                        - %s
                    note_unencrypted: %s
                    on_unencrypted: %s
                    share_unencrypted: %s
                %s\
                """
                        .formatted(
                                sops.sealed("password:", "s3cret: #ö"),
                                sops.sealed("db:port:", "5432", "int"),
                                sops.sealed("db:ratio:", "0.5", "float"),
                                sops.sealed("db:tls:", "True", "bool"),
                                sops.sealed("db:hosts:", "a"),
                                sops.sealed("db:hosts:", "b"),
                                sops.plain("plain", "plain"),
                                sops.plain("True", "true"),
                                sops.plain("2", "2.0"),
                                sops.yamlNotes("unencrypted_suffix: _unencrypted"));
        assertThat(values(text))
                .containsEntry("password", "s3cret: #ö")
                .containsEntry("empty", "")
                .containsEntry("db.port", "5432")
                .containsEntry("db.ratio", "0.5")
                .containsEntry("db.tls", "true")
                .containsEntry("db.hosts.0", "a")
                .containsEntry("db.hosts.1", "b")
                .containsEntry("db.note_unencrypted", "plain")
                .doesNotContainKey("nothing")
                .doesNotContainKey("sops.mac");
    }

    @Test
    void opensDotenvAndJsonOfSops() throws Exception {
        var dotenv = new SopsWriter(pair.recipient());
        var lines =
                "# words\nUSER=%s\nKEY=%s\n"
                        .formatted(
                                dotenv.sealed("USER:", "olympus"),
                                dotenv.sealed("KEY:", "two\nlines"));
        assertThat(values(lines + dotenv.dotenvNotes()))
                .containsExactly(Map.entry("USER", "olympus"), Map.entry("KEY", "two\nlines"));
        var json = new SopsWriter(pair.recipient());
        assertThat(
                        values(
                                "{\n\t\"data\": \"%s\",\n\t%s\n}"
                                        .formatted(
                                                json.sealed("data:", "all of it"),
                                                json.jsonNotes())))
                .containsExactly(Map.entry("data", "all of it"));
    }

    @Test
    void takesAsEncryptedWhatARegularExpressionOrSuffixNames() throws Exception {
        for (var note : new String[] {"encrypted_regex: ^pass", "encrypted_suffix: word"}) {
            var sops = new SopsWriter(pair.recipient());
            var text =
                    "user: %s\npassword: %s\n"
                            .formatted(sops.plain("me", "me"), sops.sealed("password:", "x"));
            assertThat(values(text + sops.yamlNotes(note)))
                    .containsExactly(Map.entry("user", "me"), Map.entry("password", "x"));
        }
    }

    @Test
    void seesThatSomethingWasChangedMovedAddedOrRemoved() throws Exception {
        var sops = new SopsWriter(pair.recipient());
        var first = "one: " + sops.sealed("one:", "1") + "\n";
        var second = "two: " + sops.sealed("two:", "2") + "\n";
        var notes = sops.yamlNotes("unencrypted_suffix: _unencrypted");
        assertThat(values(first + second + notes)).hasSize(2);
        assertThatThrownBy(() -> values(first + notes))
                .hasMessageContaining("do not fit its authentication code");
        assertThatThrownBy(() -> values(first + second + "three_unencrypted: 3\n" + notes))
                .hasMessageContaining("do not fit its authentication code");
        assertThatThrownBy(() -> values(second.replace("two", "one") + notes))
                .hasMessage("the value one was changed or moved");
        assertThatThrownBy(() -> values(first + "two: clear\n" + notes))
                .hasMessage("the value two should be encrypted, and is not");
    }

    @Test
    void saysWhatOfSopsItDoesNotUnderstand() throws Exception {
        var sops = new SopsWriter(pair.recipient());
        var value = "one: " + sops.sealed("one:", "1") + "\n";
        var notes = sops.yamlNotes("encrypted_comment_regex: secret");
        assertThatThrownBy(() -> values(value + notes)).hasMessageContaining("by comments");
        assertThatThrownBy(() ->
                        values(value + "sops:\n  mac: x\n  pgp:\n    - fp: 12\n      enc: x\n"))
                .hasMessageContaining("not encrypted for any age recipient");
        assertThatThrownBy(() -> values("a=ENC[x]\n[sops]\nmac=x\n"))
                .hasMessageContaining("INI file");
        assertThatThrownBy(() -> values(value + "  : [\n" + notes))
                .hasMessageContaining("no YAML or JSON")
                .hasNoCause();
    }

    @Test
    void leavesOrdinaryFilesAlone() throws Exception {
        for (var text :
                new String[] {"secret", "a: 1\nsops: yes\n", "sops: ENC[", "", "K=ENC[x]\n"}) {
            assertThat(EncryptedFile.open(text.getBytes(StandardCharsets.UTF_8), keys, MAX))
                    .isEqualTo(Optional.empty());
        }
    }
}
