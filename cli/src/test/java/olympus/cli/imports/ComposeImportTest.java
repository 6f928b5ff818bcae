package olympus.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ComposeImportTest {

    private static final Map<String, String> HOME = Map.of("HOME", "/home/ana");

    @TempDir Path parent;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path folder;

    @BeforeEach
    void make() throws IOException {
        folder = Files.createDirectory(parent.resolve("shop"));
    }

    private void compose(String yaml) throws IOException {
        Files.writeString(folder.resolve("compose.yaml"), yaml);
    }

    @Test
    void writesAFileThatStandsBesideTheComposeFile() throws IOException {
        compose(
                """
                services:
                  web:
                    image: registry.example.org/shop/web:1.4
                    ports: ["8080:80"]
                    depends_on: [db]
                  db:
                    image: mariadb:11
                    volumes: ["data:/var/lib/mysql"]
                volumes:
                  data:
                """);
        var before = Files.readString(folder.resolve("compose.yaml"));

        var draft = ComposeImport.of(folder, Map.of());
        draft.writeTo(folder);

        assertThat(draft.text("olympus.yaml").replace(folder.toString(), "/srv/shop"))
                .isEqualTo(
                        Goldens.text(
                                "compose.yaml.golden",
                                draft.text("olympus.yaml")
                                        .replace(folder.toString(), "/srv/shop")));
        assertThat(folder.resolve("compose.yaml")).hasContent(before);
        var loaded = (StackFolder.Outcome.Loaded) StackFolder.load(folder, Map.of());
        assertThat(loaded.definition().mode()).isEqualTo(StackDefinition.Mode.OBSERVE);
        assertThat(loaded.definition().services()).containsOnlyKeys("web", "db");
    }

    @Test
    void everyCommentedKeyMayBeSet() throws IOException {
        compose(
                """
                services:
                  web: { image: "web:1", ports: ["8080:80"] }
                  db: { image: "db:1", volumes: ["./data:/data"] }
                """);
        var text = ComposeImport.of(folder, Map.of()).text("olympus.yaml");

        Files.writeString(folder.resolve("olympus.yaml"), text.replaceAll("(?m)^    # ", "    "));

        var outcome = StackFolder.load(folder, Map.of());
        assertThat(outcome).as(outcome.toString()).isInstanceOf(StackFolder.Outcome.Loaded.class);
    }

    @ParameterizedTest
    @MethodSource("published")
    void writesAFileThatLoadsForProjectsAsPeoplePublishThem(Path project) throws IOException {
        try (var files = Files.walk(project)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var copy = folder.resolve(project.relativize(file).toString());
                if (!file.endsWith("olympus.yaml")) {
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }

        ComposeImport.of(folder, HOME).writeTo(folder);

        var outcome = StackFolder.load(folder, HOME);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(StackFolder.Outcome.Loaded.class);
    }

    private static Stream<Path> published() throws IOException {
        try (var folders = Files.list(Path.of("../model/src/test/resources/stacks/compose"))) {
            return folders.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    @Test
    void tellsWhatCannotBeManagedWithItsPlace() throws IOException {
        compose(
                """
                services:
                  vpn:
                    image: vpn:1
                    userns_mode: host
                    cgroup: host
                    security_opt: ["label:type:svirt_apache_t"]
                    credential_spec: { file: x.json }
                  web:
                    image: web:1
                """);

        var draft = ComposeImport.of(folder, Map.of());

        assertThat(draft.notes())
                .anyMatch(
                        note -> note.matches("cannot be managed yet: compose.yaml:\\d+:\\d+: .*"));
        assertThat(draft.text("olympus.yaml")).contains("  web:\n").doesNotContain("  vpn:\n");
    }

    @Test
    void refusesWhatIsNoComposeFolder() throws IOException {
        assertThatThrownBy(() -> ComposeImport.of(folder, Map.of()))
                .hasMessageContaining("there is no Compose file in " + folder);
        compose("services: { web: { imagee: x } }\n");
        assertThatThrownBy(() -> ComposeImport.of(folder, Map.of()))
                .hasMessageContaining("compose.yaml:1:")
                .hasMessageContaining("imagee");
        compose("services: { web: { image: x } }\n");
        Files.writeString(folder.resolve("olympus.yaml"), "mode: observe\n");
        assertThatThrownBy(() -> ComposeImport.of(folder, Map.of()))
                .hasMessageContaining("has an olympus.yaml already");
    }
}
