package olympus.zeus.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackDifferenceTest {

    private static final String FILE =
            """
            services:
              web:
                image: nginx:1
                ports: ["8080:80"]
                volumes: ["data:/data", "/srv/site:/site:ro"]
            volumes: { data: {} }
            """;

    @TempDir Path folder;

    private StackDefinition stack(String text) throws Exception {
        var shop = Files.createDirectories(folder.resolve("shop"));
        Files.writeString(shop.resolve("compose.yaml"), text);
        return switch (StackFolder.load(shop, Map.of())) {
            case StackFolder.Outcome.Loaded loaded -> loaded.definition();
            case StackFolder.Outcome.Invalid invalid -> throw new AssertionError(invalid.text());
        };
    }

    @Test
    void tellsPortsAndVolumesInTheWordsOfAComposeFile() throws Exception {
        var before = stack(FILE);
        var after =
                stack(
                        FILE.replace("8080:80", "127.0.0.1:8081-8082:80/udp")
                                .replace("/site:ro", "/site")
                                .replace(
                                        "\"data:/data\"",
                                        "\"data:/data\", {type: tmpfs, target: /tmp, tmpfs: {size: 64, mode: 0o1777}}"));
        var changes = StackDifference.between(Optional.of(before), after);
        assertThat(changes.getFirst().fields())
                .extracting("path", "before", "after")
                .containsExactly(
                        tuple("ports", "8080:80", "127.0.0.1:8081-8082:80/udp"),
                        tuple(
                                "volumes",
                                "shop_data:/data /srv/site:/site:ro",
                                "shop_data:/data tmpfs:/tmp:size=64,mode=1777 /srv/site:/site"));
    }

    @Test
    void tellsAlsoWhatTheShortFormsHaveNoWordFor() throws Exception {
        var before = stack(FILE);
        var after = stack(FILE.replace("data: {}", "data: { labels: { of: ana } }"));
        var changes = StackDifference.between(Optional.of(before), after);
        assertThat(changes.getFirst().fields())
                .singleElement()
                .satisfies(field -> {
                    assertThat(field.path()).isEqualTo("volumes");
                    assertThat(field.after()).contains("ana");
                });
    }
}
