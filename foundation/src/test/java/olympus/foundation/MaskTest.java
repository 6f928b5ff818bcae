package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaskTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "RESTIC_PASSWORD=hunter2 restic backup /srv      | RESTIC_PASSWORD=*** restic backup /srv",
                "DB_PASS='a b' dump                              | DB_PASS=*** dump",
                "rest:https://ana:hunter2@nas:8000/repo          | rest:https://ana:***@nas:8000/repo",
                "curl -u ana:hunter2 https://x                   | curl -u ana:*** https://x",
                "mysqldump --password=hunter2 shop               | mysqldump --password=*** shop",
                "mysqldump -u root -phunter2 shop                | mysqldump -u root -p*** shop",
                "curl -H 'Authorization: Bearer abc' x           | curl -H 'Authorization: Bearer ***' x",
                "client --access-token abc get                   | client --access-token *** get",
                "client --client-secret=abc get                  | client --client-secret=*** get",
                "psql -c \"ALTER USER a PASSWORD 'hunter2'\"      | psql -c \"ALTER USER a PASSWORD ***\"",
                "CREATE USER a IDENTIFIED BY \"hunter2\"          | CREATE USER a IDENTIFIED BY ***",
                "rsync -a /srv/ nas:/backup                      | rsync -a /srv/ nas:/backup",
                "tar -pczf /backup/a.tgz /srv                    | tar -pczf /backup/a.tgz /srv"
            })
    void hidesWhatLooksLikeAPasswordAndNothingElse(String given, String shown) {
        assertThat(Mask.of(given)).isEqualTo(shown);
    }

    @Test
    void hidesSecretsInTheWordsOfACommand() {
        assertThat(Mask.ofWords(List.of("mysql", "--password=correct horse", "shop")))
                .isEqualTo("mysql --password=*** shop");
        assertThat(Mask.ofWords(List.of("mysql", "--password", "correct horse", "shop")))
                .isEqualTo("mysql --password *** shop");
        assertThat(Mask.ofWords(List.of("redis-cli", "-a", "hunter2", "ping")))
                .isEqualTo("redis-cli -a *** ping");
        assertThat(Mask.ofWords(List.of("client", "--secret-key=a b", "TOKEN=x y", "-v")))
                .isEqualTo("client --secret-key=*** TOKEN=*** -v");
        assertThat(Mask.ofWords(List.of("psql", "-c", "ALTER USER a PASSWORD 'hunter 2'")))
                .isEqualTo("psql -c 'ALTER USER a PASSWORD ***'");
        assertThat(Mask.ofWords(List.of("sh", "-c", "echo \"it's\"; ls -a")))
                .isEqualTo("sh -c 'echo \"it'\\''s\"; ls -a'");
        assertThat(Mask.ofWords(List.of("ls", "-la", "/srv/my data")))
                .isEqualTo("ls -la '/srv/my data'");
    }

    @Test
    void hidesVariablesByNameAndByValue() {
        assertThat(Mask.hides("STRIPE_KEY", "sk_live")).isTrue();
        assertThat(Mask.hides("DATABASE_DSN", "x")).isTrue();
        assertThat(Mask.hides("UPSTREAM", "https://ana:hunter2@nas/")).isTrue();
        assertThat(Mask.hides("TZ", "Europe/Oslo")).isFalse();
    }

    @Test
    void aWordThatIsFarTooLongIsCutBeforeItIsSearched() {
        var shown = Mask.ofWords(List.of("tool", "key".repeat(1 << 17), "--token=abc"));
        assertThat(shown).startsWith("tool").hasSizeLessThan(5_000).contains("…");
        assertThat(shown).doesNotContain("abc");
    }
}
