package olympus.systemtests.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Holds the product to the rules of direction, and shows on classes made to break them that each
 * rule can fail.
 */
final class ArchitectureTest {

    private static final String FIXTURE = "olympus.systemtests.architecture.fixture";

    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/systemtests/"))
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_PACKAGE_INFOS)
                    .importPackages("olympus");

    private static final JavaClasses BREAKERS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_PACKAGE_INFOS)
                    .importPackages(FIXTURE);

    @Test
    void readsEveryModule() {
        for (var module : new String[] {"foundation", "hermes", "model", "zeus", "link"}) {
            assertThat(PRODUCT)
                    .as(module)
                    .anyMatch(type ->
                            (type.getPackageName() + ".").startsWith("olympus." + module + "."));
        }
    }

    @Test
    void modulesSeeOnlyWhatTheyMay() {
        new ArchitectureRules("olympus").directions().values().forEach(rule -> rule.check(PRODUCT));

        var rules = new ArchitectureRules(FIXTURE).directions();
        for (var module :
                new String[] {"foundation", "hermes", "model", "zeus", "link", "agent", "cli"}) {
            assertBroken(rules.get(module), "may see");
        }
    }

    @Test
    void aGodNeverSeesAnotherGod() {
        assertBroken(new ArchitectureRules(FIXTURE).directions().get("zeus"), "argos.SeenByZeus");
    }

    @Test
    void foundationNeedsOnlyTheJdk() {
        holds(ArchitectureRules::foundationNeedsOnlyTheJdk, "org.slf4j");
    }

    @Test
    void onlyServerSeesSpring() {
        holds(ArchitectureRules::onlyServerSeesSpring, "org.springframework");
    }

    @Test
    void internalPackagesAreClosed() {
        holds(ArchitectureRules::internalPackagesAreClosed, "model.internal");
    }

    @Test
    void engineAndNetworkStayBehindTheirSeams() {
        holds(ArchitectureRules::engineAndNetworkStayBehindTheirSeams, "io.netty");
    }

    @Test
    void replicatedStateReadsOnlyItsLog() {
        holds(ArchitectureRules::replicatedStateReadsOnlyItsLog, "nanoTime");
    }

    @Test
    void packagesHaveNoCycles() {
        holds(ArchitectureRules::packagesHaveNoCycles, "Cycle detected");
    }

    /** A machine that runs only the agent starts none of it. */
    @Test
    void theAgentAloneNeedsNeitherStoreNorControllerNorSpring() {
        var composition = "olympus.server.AgentComposition";
        ArchRuleDefinition.noClasses()
                .that()
                .haveFullyQualifiedName(composition)
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "olympus.hermes..",
                        "olympus.zeus..",
                        "olympus.server.http..")
                .check(PRODUCT);
        assertThat(PRODUCT.get(composition).getDirectDependenciesFromSelf()).isNotEmpty();
    }

    /** What a person has in a volume goes only by the one path that asks for its name. */
    @Test
    void onlyOneClassRemovesVolumes() {
        var volumes = "olympus.engine.Volumes";
        var allowed = "olympus.agent.internal.NodeVolumes";
        ArchRuleDefinition.noClasses()
                .that()
                .doNotHaveFullyQualifiedName(allowed)
                .and()
                .haveSimpleNameNotEndingWith("Test")
                .should()
                .callMethod(volumes, "remove", "java.lang.String")
                .check(PRODUCT);
        assertThat(PRODUCT.get(allowed).getMethodCallsFromSelf())
                .anyMatch(call ->
                        call.getTargetOwner().getName().equals(volumes)
                                && call.getTarget().getName().equals("remove"));
    }

    private static void holds(Function<ArchitectureRules, ArchRule> rule, String complaint) {
        rule.apply(new ArchitectureRules("olympus")).check(PRODUCT);
        assertBroken(rule.apply(new ArchitectureRules(FIXTURE)), complaint);
    }

    private static void assertBroken(@Nullable ArchRule rule, String complaint) {
        assertThat(rule).isNotNull();
        assertThatThrownBy(() -> Objects.requireNonNull(rule).check(BREAKERS))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(complaint);
    }
}
