package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import olympus.model.Problem;
import org.junit.jupiter.api.Test;

final class RealmFolderTest {

    private static final Path REALMS = Path.of("src/test/resources/realms");

    @Test
    void readsEachSubfolderThatHoldsAStackWithTheRealmsDefaults() {
        var realm = RealmFolder.load(REALMS.resolve("home"), Map.of());
        assertThat(realm.problems()).isEmpty();
        assertThat(realm.isValid()).isTrue();
        assertThat(realm.name()).isEqualTo("home");
        assertThat(realm.nodeLabels()).isEqualTo(Map.of("mars", Map.of("site", "cellar")));
        assertThat(realm.stacks()).containsOnlyKeys("plain", "shop");
        var outcome = realm.stacks().lastEntry().getValue();
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Loaded.class,
                        loaded -> defaultsHold(loaded.definition()));
    }

    @Test
    void aStackReadAloneHasTheDefaultsOfTheRealmAroundIt() {
        var outcome = StackFolder.load(REALMS.resolve("home/shop"), Map.of());
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Loaded.class,
                        loaded -> defaultsHold(loaded.definition()));
    }

    private static void defaultsHold(StackDefinition definition) {
        assertThat(definition.services()).containsOnlyKeys("api", "web");
        var services = definition.services().values().iterator();
        var api = services.next();
        var web = services.next();
        assertThat(web.recovery().attempts()).isEqualTo(2);
        assertThat(api.recovery().attempts()).isEqualTo(10);
        assertThat(api.recovery().backoff())
                .isEqualTo(
                        new RecoveryPolicy.Backoff(Duration.ofMillis(50), Duration.ofSeconds(10)));
        assertThat(web.probe().map(Probe::interval)).contains(Duration.ofSeconds(1));
        assertThat(web.probe().map(Probe::retries)).contains(5);
        assertThat(api.probe().map(Probe::interval)).contains(Duration.ofSeconds(2));
        assertThat(api.stop().gracePeriod()).isEqualTo(Duration.ofSeconds(20));
        assertThat(web.about().owner()).contains("bob");
        assertThat(api.about().owner()).contains("ana");
    }

    @Test
    void reportsAllProblemsOfTheRealmFileAndStacksOfOneName() {
        var realm = RealmFolder.load(REALMS.resolve("bad"), Map.of());
        assertThat(realm.isValid()).isFalse();
        assertThat(realm.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "realm.yaml:1:1: unknown key \"nam\" of a realm; expected one of name, defaults, nodes; did you mean \"name\"?",
                        "realm.yaml:2:22: unknown key \"http\" of the probe defaults; expected one of interval, timeout, retries, start_period",
                        "realm.yaml:2:45: found \"soon\"; expected a duration such as 500ms, 30s, 1m30s or 2h",
                        "realm.yaml:3:1: the key \"contacts\" of a realm cannot be honoured: this version of Olympus does not know it yet",
                        "realm.yaml:4:8: found a list; expected a mapping from node names to a mapping with labels",
                        "two/olympus.yaml:1:1: the stack \"same\" is declared twice, first in one/; expected a name of its own");
        var alone = StackFolder.load(REALMS.resolve("bad/one"), Map.of());
        assertThat(((StackFolder.Outcome.Invalid) alone).text())
                .contains("../realm.yaml:1:1: unknown key");
    }
}
