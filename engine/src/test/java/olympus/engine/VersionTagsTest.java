package olympus.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import olympus.engine.VersionTags.Newer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTagsTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "1.25-alpine, 1.9-alpine 1.27-alpine 1.26-alpine 1.28 2.0-alpine 1.27.1-alpine, 1.27-alpine, 2.0-alpine",
                "16, 15 17 16.4 17-alpine 9, -, 17",
                "16.2, 16.10 16.9 17.1 16.11rc1, 16.10, 17.1",
                "v3.40, v3.41 3.42 v3.40.1 v4.0 v4.0-rc1, v3.41, v4.0",
                "5.0.3, 5.0.4 5.0.4-ls12 5.1.0-beta 5.0.10, 5.0.10, -",
                "5.0.3-ls12, 5.0.3-ls13 5.0.4-ls1 5.0.9, 5.0.4-ls1, -",
                "1.25-alpine3.18, 1.25-alpine3.19 1.25-alpine, 1.25-alpine3.19, -",
                "2024.12.1, 2024.12.3 2025.1.0 2025.1.0b2, 2024.12.3, 2025.1.0",
                "2.11.1, 2.11.1 2.11.0 latest stable sha-0a1b2c3, -, -",
                "version-1.2, version-1.3 1.4, version-1.3, -",
                "7.4-bookworm, 7.4-alpine 8.0-bookworm 7.6-bookworm 7.8-trixie, 7.6-bookworm, 8.0-bookworm",
            })
    void findsTheNewestOfTheSameShape(String tag, String tags, String same, String major) {
        assertThat(VersionTags.newer(tag, List.of(tags.split(" "))))
                .isEqualTo(new Newer(Optional.ofNullable(same), Optional.ofNullable(major)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latest",
                "stable",
                "alpine",
                "sha-0a1b2c3",
                "2.0-rc1",
                "main",
                "1.0.0-SNAPSHOT",
                ""
            })
    void comparesNoWordsAndNoPrereleases(String tag) {
        assertThat(VersionTags.isVersion(tag)).isFalse();
        assertThat(VersionTags.newer(tag, List.of("1.0", "2.0", "2.0-rc2", "sha-ffffff1")))
                .isEqualTo(new Newer(Optional.empty(), Optional.empty()));
    }

    @Test
    void isNotLedAstrayByLongNumbers() {
        assertThat(VersionTags.newer("20240101", List.of("20250101", "99999999999999999999")))
                .isEqualTo(new Newer(Optional.empty(), Optional.of("20250101")));
    }
}
