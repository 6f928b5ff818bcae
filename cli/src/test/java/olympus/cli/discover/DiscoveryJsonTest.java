package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.json.EnumWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds that the JSON is as its committed schema says. */
final class DiscoveryJsonTest {

    private static final Path SCHEMA = Path.of("../docs/reference/schema/discover.schema.json");

    @TempDir Path root;

    @Test
    void theCommittedSchemaIsThatOfTheRecords() throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(SCHEMA, DiscoveryJson.schema());
        }
        assertThat(SCHEMA)
                .as("-Dgolden.update=true writes it anew")
                .hasContent(DiscoveryJson.schema());
    }

    @Test
    void theReferencePageNamesEverySourceAndEveryKindOfFinding() throws IOException {
        var page = Files.readString(Path.of("../docs/reference/discover.md"));
        var clock = Clock.fixed(Machine.NOW, ZoneOffset.UTC);

        for (var source : Discovery.sources(root, Map.of(), clock)) {
            assertThat(page).contains("| `%s` |".formatted(source.name()));
        }
        for (var kind : EnumWords.of(Finding.Kind.class).keySet()) {
            assertThat(page).contains("`%s`".formatted(kind));
        }
    }

    @Test
    void everyDocumentIsAsTheSchemaSays() throws Exception {
        var machine =
                Machine.sound(root)
                        .listener("tcp", "00000000", 6379, 12, "redis-server", "/")
                        .restic("/srv/restic", Machine.NOW)
                        .file(
                                "/etc/cron.d/save",
                                "0 2 * * * nobody restic -r /srv/restic backup /");
        var sources = machine.sources(machine.systemctl(Resources.text("systemctl-show.txt")));
        var seen = Survey.of(sources, Duration.ofSeconds(30));
        var containers =
                Inventory.ofContainers(
                        List.of(
                                Samples.running("web").unhealthy(Instant.EPOCH, "no").build(),
                                Samples.running("db")
                                        .publishing(
                                                new Inventory.PublishedPort(
                                                        "0.0.0.0", 5432, "tcp", 5432))
                                        .ended("exited", 1, Machine.NOW)
                                        .build()),
                        List.of(
                                new Inventory.Storage(
                                        Inventory.StorageKind.VOLUME, "v", "/v", List.of("db"))));
        var full =
                Discovery.of(
                        new Survey.Result(seen.inventory().and(containers), seen.sources()),
                        Machine.NOW);
        var empty = Discovery.of(new Survey.Result(Inventory.EMPTY, List.of()), Machine.NOW);
        var schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(SCHEMA), InputFormat.JSON);

        for (var discovery : List.of(full, empty)) {
            var json = DiscoveryJson.tree(discovery).toString();
            assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
        }
        var json = DiscoveryJson.tree(full);
        assertThat(json.path("format").asInt()).isEqualTo(1);
        assertThat(json.path("at").asString()).isEqualTo("2026-11-21T09:00:00Z");
        assertThat(json.path("findings").path(0).path("severity").asString()).isEqualTo("broken");
        assertThat(json.path("containers").path(0).path("exitCode").isNull()).isTrue();
        assertThat(json.path("sources").path(0).path("outcome").asString()).isEqualTo("seen");
        assertThat(full.containers().getFirst().health().map(Inventory.Health::status))
                .isEqualTo(Optional.of("unhealthy"));
    }
}
