package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import olympus.model.Problem;
import olympus.model.state.Codecs;
import olympus.model.state.Samples;
import org.junit.jupiter.api.Test;

/**
 * What a client of the API is told that sends a definition without files: every problem with its
 * JSON path.
 */
final class DefinitionRulesTest {

    @Test
    void findsNothingWrongWithAGoodDefinition() {
        assertThat(DefinitionRules.problems(Samples.shop())).isEmpty();
        assertThat(DefinitionRules.warnings(Samples.shop())).isEmpty();
    }

    @Test
    void reportsEveryBrokenRuleWithItsPath() {
        var broken =
                edited(
                        Map.of(
                                "\"directory\":\"/srv/shop\"", "\"directory\":\"shop\"",
                                "\"/srv/shop/web\"", "\"web\"",
                                "SIGTERM", "SIGTREM",
                                "\"interval\":\"5s\"", "\"interval\":\"0s\"",
                                "\"replicas\":2", "\"replicas\":3",
                                "\"user\":\"www-data:www-data\"", "\"user\":\"a b\"",
                                "\"dependsOn\":{\"db\"", "\"dependsOn\":{\"bd\"",
                                "http://127.0.0.1:${OLYMPUS_PORT_HTTP}/health", "127.0.0.1",
                                "\"initial\":\"50ms\"", "\"initial\":\"1m\"",
                                "9f86d081884c7d65", "clear!"));
        assertThat(DefinitionRules.problems(broken))
                .extracting(Problem::file)
                .contains(
                        "$.directory",
                        "$.services.db.recovery.backoff",
                        "$.services.web.workload.user",
                        "$.services.web.workload.workingDirectory",
                        "$.services.web.workload.environment.DB_PASSWORD",
                        "$.services.web.probe.target",
                        "$.services.web.probe.interval",
                        "$.services.web.stop.signal",
                        "$.services.web.dependsOn.bd",
                        "$.services.web.ports[0]");
        assertThat(DefinitionRules.problems(broken))
                .extracting(Problem::toString)
                .contains(
                        "$.services.web.stop.signal: found \"SIGTREM\"; expected a signal such as SIGTERM; did you mean \"SIGTERM\"?",
                        "$.services.web.dependsOn.bd: web depends on the unknown service \"bd\"; expected a service of this stack; did you mean \"db\"?");
    }

    @Test
    void refusesAServiceUnderAnotherName() {
        var shop =
                new StackDefinition(
                        Samples.SHOP,
                        StackDefinition.Mode.MANAGE,
                        "/s",
                        Map.of("other", Samples.db()));
        assertThat(DefinitionRules.problems(shop))
                .extracting(Problem::file)
                .isEqualTo(List.of("$.services.other.name"));
    }

    private static StackDefinition edited(Map<String, String> replacements) {
        var text = Codecs.STACK_DEFINITION.encode(Samples.shop());
        for (var entry : replacements.entrySet()) {
            assertThat(text).contains(entry.getKey());
            text =
                    text.replaceAll(
                            Pattern.quote(entry.getKey()),
                            java.util.regex.Matcher.quoteReplacement(entry.getValue()));
        }
        return Codecs.STACK_DEFINITION.decode(text);
    }
}
