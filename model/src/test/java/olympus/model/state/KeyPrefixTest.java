package olympus.model.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class KeyPrefixTest {

    private static final Pattern ROW =
            Pattern.compile(
                    "\\| `((?:zeus|olympus|islands)/[^`]*)`(?: \\(stream\\))? \\|[^|]*\\| ([^|]*) \\|");

    @Test
    void namesEveryKeyOfTheArchitecturePageWithItsWriter() throws IOException {
        var page = Files.readString(Path.of("../ARCHITECTURE.md"));
        var rows = ROW.matcher(page).results().toList();
        assertThat(rows).isNotEmpty();
        for (var row : rows) {
            assertThat(KeyPrefix.ALL)
                    .as(row.group())
                    .anySatisfy(prefix -> {
                        assertThat(prefix.pattern()).isEqualTo(row.group(1));
                        assertThat(prefix.writer()).isEqualTo(row.group(2).replace("–", "-"));
                    });
        }
        for (var prefix : KeyPrefix.ALL) {
            assertThat(page).contains("`" + prefix.pattern() + "`");
        }
    }

    @Test
    void noKeyFallsUnderTwoPrefixes() {
        for (var prefix : KeyPrefix.ALL) {
            var key = prefix.pattern().replace("…", "x/y").replaceAll("<[^>]*>", "x");
            assertThat(KeyPrefix.ALL.stream().filter(other -> other.covers(key)))
                    .containsExactly(prefix);
            assertThat(KeyPrefix.of(key)).contains(prefix);
        }
        assertThat(KeyPrefix.of("olympus/secrets/shop/web/TOKEN/0123456789abcdef")).isPresent();
        assertThat(KeyPrefix.of("my/own/key")).isEmpty();
        assertThat(KeyPrefix.of("zeus/nodes/x/y")).isEmpty();
    }
}
