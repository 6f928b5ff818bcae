package olympus.systemtests.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds this repository to its own rules. {@link RepositoryRulesTest} shows that each rule can
 * fail.
 */
final class RepositoryCheckTest {

    private static final String EXCEPTIONS = "system-tests/src/test/resources/repository/";

    @SuppressWarnings("NullAway.Init")
    private static Repository repository;

    @BeforeAll
    static void readTheRepository() {
        repository =
                Repository.read(
                        Path.of(Objects.requireNonNull(System.getProperty("olympus.root"))));
    }

    @Test
    void thereIsSomethingToCheck() {
        assertThat(repository.sources()).hasSizeGreaterThan(20);
    }

    @Test
    void typesAndPackagesSayWhatTheyAre() {
        assertThat(SourceRules.names(repository)).isEmpty();
    }

    @Test
    void filesAndMethodsAreShort() {
        assertThat(SourceRules.lengths(repository, lengthExceptions())).isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(SourceRules.nullMarkedPackages(repository)).isEmpty();
    }

    @Test
    void nothingSleeps() {
        assertThat(SourceRules.sleeps(repository, sleepExceptions())).isEmpty();
    }

    @Test
    void whatHasOneHomeIsDoneNowhereElse() {
        assertThat(SourceRules.homes(repository)).isEmpty();
    }

    @Test
    void noTestIsSwitchedOff() {
        assertThat(SourceRules.disabledTests(repository)).isEmpty();
    }

    @Test
    void nothingIsMarkedAsUnfinished() {
        assertThat(TextRules.unfinishedWork(repository)).isEmpty();
    }

    @Test
    void noFileNamesAPathOfOneMachine() {
        assertThat(TextRules.machinePaths(repository)).isEmpty();
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() {
        assertThat(TextRules.links(repository)).isEmpty();
    }

    @Test
    void everyModuleHasAReadme() {
        assertThat(BuildRules.readmes(repository)).isEmpty();
    }

    @Test
    void versionsStandInTheRootPomOnly() {
        assertThat(BuildRules.versions(repository)).isEmpty();
    }

    @Test
    void everyRuntimeDependencyIsAccountedFor() {
        assertThat(BuildRules.documentedDependencies(repository)).isEmpty();
    }

    private static Map<String, Integer> lengthExceptions() {
        var exceptions = new HashMap<String, Integer>();
        for (var line : exceptionLines("length-exceptions.txt")) {
            var words = line.split("\\s+", -1);
            exceptions.put(words[0], Integer.valueOf(words[1]));
        }
        return exceptions;
    }

    private static Set<String> sleepExceptions() {
        var files = new HashSet<String>();
        exceptionLines("sleep-exceptions.txt").forEach(line -> files.add(line.split("\\s+", 2)[0]));
        return files;
    }

    private static List<String> exceptionLines(String name) {
        return repository.lines(EXCEPTIONS + name).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
