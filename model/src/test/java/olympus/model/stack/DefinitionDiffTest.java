package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import olympus.model.json.RecordCodec;
import olympus.model.state.Codecs;
import olympus.model.state.Samples;
import org.junit.jupiter.api.Test;

final class DefinitionDiffTest {

    private static final RecordCodec<ServiceDefinition> CODEC = Codecs.SERVICE_DEFINITION;

    @Test
    void namesFieldsInTheWordsOfTheFile() {
        var after =
                edited(
                        "\"replicas\":2",
                        "\"replicas\":3",
                        "\"interval\":\"5s\"",
                        "\"interval\":\"1m\"",
                        "\"info\"",
                        "\"debug\"");
        assertThat(DefinitionDiff.between(Samples.web(), after))
                .containsExactly(
                        new DefinitionDiff.FieldDiff("deploy.replicas", "2", "3"),
                        new DefinitionDiff.FieldDiff("probe.interval", "5s", "1m"),
                        new DefinitionDiff.FieldDiff(
                                "process.environment.LEVEL", "\"info\"", "\"debug\""));
    }

    @Test
    void showsSecretsByFingerprint() {
        var after = edited("9f86d081884c7d65", "0000000000000000");
        assertThat(DefinitionDiff.between(Samples.web(), after))
                .containsExactly(
                        new DefinitionDiff.FieldDiff(
                                "process.environment.DB_PASSWORD",
                                "secret db-password (9f86d081884c7d65)",
                                "secret db-password (0000000000000000)"));
    }

    @Test
    void noticesAChangeOfEveryFieldThatADefinitionHas() {
        var variants = variants(CODEC.fields(Samples.web()));
        assertThat(variants).hasSizeGreaterThan(40);
        for (var variant : variants) {
            var after = CODEC.decode(json(variant));
            if (!after.equals(Samples.web())) {
                assertThat(DefinitionDiff.between(Samples.web(), after))
                        .as("%s", variant)
                        .isNotEmpty();
            }
        }
        assertThat(DefinitionDiff.between(Samples.web(), Samples.web())).isEmpty();
    }

    @Test
    void replacesInstancesOnlyForWhatTheyCannotTakeOnWhileRunning() {
        for (var change :
                List.of(
                        "www-data:",
                        "\"info\"",
                        "\"cpus\":0.5",
                        "\"first\":8081",
                        "/usr/bin/web",
                        "9f86d081884c7d65")) {
            var to =
                    change.replace("www-data:", "root:")
                            .replace("info", "debug")
                            .replace("0.5", "0.6")
                            .replace("8081", "8080")
                            .replace("bin", "sbin")
                            .replace("9f86", "0000");
            assertThat(DefinitionDiff.needsReplacement(Samples.web(), edited(change, to)))
                    .as(change)
                    .isTrue();
        }
        for (var change :
                List.of(
                        "\"interval\":\"5s\"",
                        "\"attempts\":5",
                        "\"replicas\":2",
                        "\"gracePeriod\":\"10s\"",
                        "\"owner\":\"ana\"",
                        "service_healthy")) {
            var to =
                    change.replace("5s", "6s")
                            .replace(":5", ":6")
                            .replace(":2", ":3")
                            .replace("10s", "20s")
                            .replace("ana", "bob")
                            .replace("healthy", "started");
            assertThat(DefinitionDiff.needsReplacement(Samples.web(), edited(change, to)))
                    .as(change)
                    .isFalse();
        }
    }

    @Test
    void listsAddedChangedAndRemovedServices() {
        var before = Samples.shop();
        var after =
                new StackDefinition(
                        before.name(),
                        StackDefinition.Mode.ASK,
                        before.directory(),
                        Map.of(
                                "web",
                                edited("\"replicas\":2", "\"replicas\":1"),
                                "new",
                                Samples.db()));
        var diff = DefinitionDiff.between(before, after);
        assertThat(diff.stack())
                .containsExactly(new DefinitionDiff.FieldDiff("mode", "manage", "ask"));
        assertThat(diff.added()).containsExactly("new");
        assertThat(diff.removed()).containsExactly("db");
        assertThat(diff.changed()).containsOnlyKeys("web");
        assertThat(DefinitionDiff.between(before, before).isEmpty()).isTrue();
    }

    @Test
    void fillsInFingerprintsOfEverySecret() {
        var loaded =
                (StackFolder.Outcome.Loaded)
                        StackFolder.load(
                                Path.of("src/test/resources/stacks/valid/everything"), Map.of());
        var filled = SecretRefs.withFingerprints(loaded.definition(), ref -> "0123456789abcdef");
        assertThat(SecretRefs.in(filled))
                .hasSameSizeAs(SecretRefs.in(loaded.definition()))
                .allMatch(ref -> ref.fingerprint().equals("0123456789abcdef"));
        assertThat(SecretRefs.withFingerprints(filled, ref -> "")).isEqualTo(loaded.definition());
        var request = loaded.secrets().with(loaded.definition());
        assertThat(request.secrets()).containsEntry("db-password@", "clear-text-of-db-password");
        assertThat(request.toString()).doesNotContain("clear-text");
    }

    private static ServiceDefinition edited(String... pairs) {
        var text = CODEC.encode(Samples.web());
        for (var i = 0; i < pairs.length; i += 2) {
            assertThat(text).contains(pairs[i]);
            text = text.replaceFirst(java.util.regex.Pattern.quote(pairs[i]), pairs[i + 1]);
        }
        return CODEC.decode(text);
    }

    /** The tree with one leaf changed, for every leaf whose kind allows another value. */
    private static List<Object> variants(Object tree) {
        var variants = new ArrayList<Object>();
        switch (tree) {
            case Map<?, ?> map ->
                    map.forEach((name, value) -> {
                        for (var variant : variants(value)) {
                            var changed = new LinkedHashMap<Object, Object>(map);
                            changed.put(name, variant);
                            variants.add(changed);
                        }
                    });
            case List<?> list -> {
                for (var i = 0; i < list.size(); i++) {
                    for (var variant : variants(list.get(i))) {
                        var changed = new ArrayList<Object>(list);
                        changed.set(i, variant);
                        variants.add(changed);
                    }
                }
            }
            case Long number -> variants.add(number + 1);
            case Double number -> variants.add(number + 1);
            case Boolean truth -> variants.add(!truth);
            case String text -> variants.add(other(text));
            default -> throw new IllegalStateException("unexpected leaf " + tree);
        }
        return variants;
    }

    private static String other(String text) {
        var swaps =
                Map.of(
                        "service_healthy",
                        "service_started",
                        "tcp",
                        "udp",
                        "always",
                        "no",
                        "report",
                        "move",
                        "replicated",
                        "global",
                        "pause",
                        "continue",
                        "stop-first",
                        "start-first");
        if (swaps.containsKey(text)) {
            return swaps.getOrDefault(text, text);
        }
        // A reference's stack is always the definition's own: the rules hold that.
        if (List.of("shop", "process", "http", "literal", "secret").contains(text)) {
            return text;
        }
        return text.matches("([0-9]+(ms|s|m))+") ? "7h" : text + "x";
    }

    private static String json(Object tree) {
        return switch (tree) {
            case Map<?, ?> map -> {
                var fields = new ArrayList<String>();
                map.forEach((name, value) -> fields.add("\"" + name + "\":" + json(value)));
                var format = map.containsKey("workload") ? "\"format\":1," : "";
                yield "{" + format + String.join(",", fields) + "}";
            }
            case List<?> list ->
                    "["
                            + String.join(",", list.stream().map(DefinitionDiffTest::json).toList())
                            + "]";
            case String text -> "\"" + text + "\"";
            default -> tree.toString();
        };
    }
}
