package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;

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
                "rsync -a /srv/ nas:/backup                      | rsync -a /srv/ nas:/backup",
                "tar -pczf /backup/a.tgz /srv                    | tar -pczf /backup/a.tgz /srv"
            })
    void hidesWhatLooksLikeAPasswordAndNothingElse(String given, String shown) {
        assertThat(Mask.of(given)).isEqualTo(shown);
    }
}
