package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.encrypted.AgeProgram;
import olympus.model.encrypted.SopsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of secrets that age and SOPS encrypted, in a stack's folder. */
class EncryptedSecretsTest {

    @TempDir private Path keys;
    @TempDir private Path folder;
    private AgeProgram.KeyPair pair;

    @BeforeEach
    void makeKeys() throws Exception {
        pair = AgeProgram.keyPair(keys.resolve("keys.txt"));
    }

    private StackFolder.Outcome load() {
        return StackFolder.load(
                folder, Map.of("HOME", "/none", "SOPS_AGE_KEY_FILE", pair.file().toString()));
    }

    private Map<String, String> secrets() {
        var outcome = load();
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Loaded.class);
        var loaded = (StackFolder.Outcome.Loaded) outcome;
        var byName = new TreeMap<String, String>();
        loaded.secrets().texts().forEach((ref, text) -> byName.put(ref.name(), text));
        assertThat(loaded.definition().toString()).doesNotContain(byName.values());
        return byName;
    }

    private void write(String file, String text) throws Exception {
        Files.writeString(folder.resolve(file), text);
    }

    private void age(String file, String clear) throws Exception {
        Files.write(
                folder.resolve(file),
                AgeProgram.encrypt(
                        clear.getBytes(StandardCharsets.UTF_8), pair.recipient(), false));
    }

    private void sopsYaml(String file) throws Exception {
        var sops = new SopsWriter(pair.recipient());
        write(
                file,
                "db:\n  user: %s\n  password: %s\n%s"
                        .formatted(
                                sops.sealed("db:user:", "shop"),
                                sops.sealed("db:password:", "correct horse"),
                                sops.yamlNotes("unencrypted_suffix: _unencrypted")));
    }

    private void sopsDotenv(String file) throws Exception {
        var sops = new SopsWriter(pair.recipient());
        write(file, "TOKEN=%s\n%s".formatted(sops.sealed("TOKEN:", "$tok'en"), sops.dotenvNotes()));
    }

    private void processStack(String secrets) throws Exception {
        write(
                "olympus.yaml",
                """
                name: shop
                secrets:
                  one: %s
                services:
                  web:
                    command: [sleep, "60"]
                    env_file: app.env
                    environment: { ONE: { secret: one } }
                """
                        .formatted(secrets));
    }

    @Test
    void opensSecretsAndVariablesOfAStackOfProcesses() throws Exception {
        age("one.age", "top secret\n");
        sopsDotenv("app.env");
        processStack("{ file: one.age }");
        assertThat(secrets())
                .containsExactly(Map.entry("one", "top secret"), Map.entry("web/TOKEN", "$tok'en"));
    }

    @Test
    void takesTheNamedValueOfASopsFile() throws Exception {
        sopsYaml("all.yaml");
        age("app.env", "A=first word\nB='two words'\n");
        processStack("{ file: all.yaml, key: db.password }");
        assertThat(secrets())
                .containsExactly(
                        Map.entry("one", "correct horse"),
                        Map.entry("web/A", "first word"),
                        Map.entry("web/B", "two words"));
    }

    @Test
    void saysWhichValuesThereAreWhenTheKeyIsWrongOrMissing() throws Exception {
        sopsYaml("all.yaml");
        write("app.env", "");
        processStack("{ file: all.yaml, key: db.pasword }");
        assertThat(problems())
                .contains("olympus.yaml:3:31", "there is no value \"db.pasword\" in secret file")
                .contains("one of db.user, db.password", "did you mean \"db.password\"?")
                .doesNotContain("correct horse");
        processStack("{ file: all.yaml }");
        assertThat(problems()).contains("secret file all.yaml holds 2 values", "db.password");
        write("all.yaml", "clear");
        processStack("{ file: all.yaml, key: db.user }");
        assertThat(problems()).contains("is not encrypted by SOPS");
        processStack("{ environment: X, key: db.user }");
        assertThat(problems()).contains("key says which value of a file");
    }

    private String problems() {
        var outcome = load();
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Invalid.class);
        return ((StackFolder.Outcome.Invalid) outcome).text();
    }

    @Test
    void saysAtWhichLineAFileIsNamedThatNoKeyOpens() throws Exception {
        var other = AgeProgram.keyPair(keys.resolve("other.txt"));
        write("app.env", "");
        Files.write(
                folder.resolve("one.age"),
                AgeProgram.encrypt("x".getBytes(StandardCharsets.UTF_8), other.recipient(), true));
        processStack("{ file: one.age }");
        assertThat(problems())
                .contains("olympus.yaml:3:16", "cannot open the encrypted secret file one.age")
                .contains("SOPS_AGE_KEY_FILE");
    }

    @Test
    void opensSecretsEnvironmentFilesAndDotenvOfAComposeProject() throws Exception {
        age("db.age", "db secret");
        sopsDotenv("app.env");
        age(".env", "TAG=1.27\n");
        write(
                "compose.yaml",
                """
                name: shop
                services:
                  web:
                    image: nginx:${TAG}
                    env_file: app.env
                    secrets: [db]
                secrets:
                  db: { file: ./db.age }
                """);
        assertThat(secrets())
                .containsEntry("db", "db secret")
                .containsEntry("web/TOKEN", "$tok'en");
        assertThat(((StackFolder.Outcome.Loaded) load()).definition().toString())
                .contains("nginx:1.27");
    }

    @Test
    void doesNotBindAnEncryptedFileThatItCannotOpen() throws Exception {
        sopsYaml("all.yaml");
        write(
                "compose.yaml",
                """
                name: shop
                services: { web: { image: nginx, secrets: [db] } }
                secrets:
                  db: { file: ./all.yaml }
                """);
        assertThat(problems()).contains("compose.yaml:4:15", "holds 2 values");
    }
}
