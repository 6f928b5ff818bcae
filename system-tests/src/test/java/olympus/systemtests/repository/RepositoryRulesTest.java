package olympus.systemtests.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shows for each rule of the repository a file that breaks it and one that does not. */
final class RepositoryRulesTest {

    private static final String TOP = "zeus/src/main/java/olympus/zeus/";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    @Test
    void complainsAboutTypesNamedForNothing() throws IOException {
        write(
                TOP + "Planner.java",
                "package olympus.zeus; final class Planner { record Utility() {} }");
        assertThat(SourceRules.names(read())).isEmpty();

        write(
                TOP + "A.java",
                "package olympus.zeus; final class PlanUtils { interface LogManager {} }");
        write(TOP + "B.java", "package olympus.zeus; final class DefaultPlanner {}");
        write(TOP + "util/C.java", "package olympus.zeus.util; final class C {}");
        assertThat(String.join("\n", SourceRules.names(read())))
                .contains(
                        "type PlanUtils",
                        "type LogManager",
                        "type DefaultPlanner",
                        "the word util");
    }

    @Test
    void complainsAboutLongFilesAndMethodsBeyondTheirException() throws IOException {
        var longMethod = "void walk() {\n" + "int x;\n".repeat(60) + "}";
        write(
                TOP + "Long.java",
                "package olympus.zeus; class Long {\n" + longMethod + "\n}" + "\n".repeat(600));
        var file = TOP + "Long.java";
        var method = file + "#walk";

        assertThat(SourceRules.lengths(read(), Map.of())).hasSize(2);
        assertThat(SourceRules.lengths(read(), Map.of(file, 663, method, 62))).isEmpty();
        assertThat(SourceRules.lengths(read(), Map.of(file, 663, method, 61))).hasSize(1);
    }

    @Test
    void demandsThatExceptionsShrink() throws IOException {
        write(TOP + "Short.java", "package olympus.zeus; class Short {}");

        assertThat(SourceRules.lengths(read(), Map.of(TOP + "Short.java", 700)))
                .singleElement()
                .asString()
                .contains("may shrink from 700 to nothing");
    }

    @Test
    void complainsAboutPackagesThatAreNotNullMarked() throws IOException {
        write(TOP + "A.java", "package olympus.zeus; class A {}");
        write(TOP + "package-info.java", "package olympus.zeus;");
        assertThat(SourceRules.nullMarkedPackages(read())).hasSize(1);

        write(TOP + "package-info.java", "@NullMarked package olympus.zeus;");
        assertThat(SourceRules.nullMarkedPackages(read())).isEmpty();
    }

    @Test
    void complainsAboutWhatIsDoneOutsideItsHome() throws IOException {
        var moves = "class A { void a(Path p) throws IOException { Files.move(p, p); } }";
        write("foundation/src/main/java/olympus/foundation/Durable.java", moves);
        write("zeus/src/test/java/olympus/zeus/ATest.java", moves);
        assertThat(SourceRules.homes(read())).isEmpty();

        write(TOP + "B.java", "class B { Linker linker = Linker.nativeLinker(); }");
        assertThat(SourceRules.homes(read())).singleElement().asString().contains("use CLibrary");

        write(TOP + "B.java", "class B {}");
        write(TOP + "A.java", moves);
        assertThat(SourceRules.homes(read())).singleElement().asString().contains("use Durable");
    }

    @Test
    void complainsAboutSleepsOutsideTheAllowedFiles() throws IOException {
        write(TOP + "A.java", "class A { void a() throws Exception { Thread.sleep(1); } }");
        write(
                TOP + "B.java",
                "class B { void b() throws Exception { java.util.concurrent.TimeUnit.SECONDS.sleep(1); } }");

        assertThat(SourceRules.sleeps(read(), Set.of())).hasSize(2);
        assertThat(SourceRules.sleeps(read(), Set.of(TOP + "A.java", TOP + "B.java"))).isEmpty();
    }

    @Test
    void complainsAboutTestsThatAreSwitchedOff() throws IOException {
        write(
                TOP + "A.java",
                "class A { @Disabled void a() {} @org.junit.jupiter.api.condition.DisabledOnOs void b() {} }");
        write(TOP + "B.java", "class B { @Test void disabledInstancesStay() {} }");

        assertThat(SourceRules.disabledTests(read())).hasSize(2);
    }

    @Test
    void complainsAboutMarksOfUnfinishedWork() throws IOException {
        write("docs/a.md", "a mastodon\nTO" + "DO later\n");

        assertThat(TextRules.unfinishedWork(read()))
                .singleElement()
                .asString()
                .startsWith("docs/a.md:2");
    }

    @Test
    void complainsAboutPathsOfOneMachine() throws IOException {
        write("docs/a.md", "https://example.org/work/ and ./work/ are fine\n");
        assertThat(TextRules.machinePaths(read())).isEmpty();

        write("run.sh", "cd /wo" + "rk/here\n");
        assertThat(TextRules.machinePaths(read())).hasSize(1);
    }

    @Test
    void complainsAboutLinksThatLeadNowhere() throws IOException {
        write(
                "docs/a.md",
                "[b](b.md#part) [c](https://example.org) `[d](d.md)`\n```\n[e](e.md)\n```\n");
        write("docs/b.md", "[root](../README.md)");

        assertThat(TextRules.links(read()))
                .containsExactly("docs/b.md: the link to ../README.md leads nowhere");
    }

    @Test
    void complainsAboutModulesWithoutReadme() throws IOException {
        write("pom.xml", "<project><modules><module>zeus</module></modules></project>");
        assertThat(BuildRules.readmes(read())).containsExactly("module zeus has no README.md");

        write("zeus/README.md", "# zeus\n");
        assertThat(BuildRules.readmes(read())).isEmpty();
    }

    @Test
    void complainsAboutVersionsInModules() throws IOException {
        write("pom.xml", "<project><modules><module>zeus</module></modules></project>");
        write(
                "zeus/pom.xml",
                "<project><parent><version>1</version></parent>"
                        + dependency("a", "<version>${a.version}</version>")
                        + "</project>");
        assertThat(BuildRules.versions(read())).isEmpty();

        write(
                "zeus/pom.xml",
                "<project><properties><a.version>1</a.version></properties>"
                        + dependency("a", "<version>1.0</version>")
                        + "</project>");
        assertThat(BuildRules.versions(read())).hasSize(2);
    }

    @Test
    void complainsAboutRuntimeDependenciesNobodyAccountedFor() throws IOException {
        write("pom.xml", "<project><modules><module>zeus</module></modules></project>");
        write("zeus/pom.xml", "<project>" + dependency("known", "") + "</project>");
        write("docs/dependencies.md", "| `known` | why |\n");
        assertThat(BuildRules.documentedDependencies(read())).isEmpty();

        write(
                "zeus/pom.xml",
                "<project>"
                        + dependency("unknown", "")
                        + dependency("tool", "<scope>test</scope>")
                        + "</project>");
        assertThat(BuildRules.documentedDependencies(read()))
                .containsExactly("dependency unknown has no line in docs/dependencies.md");
    }

    private static String dependency(String artifact, String more) {
        return "<dependencies><dependency><groupId>g</groupId><artifactId>%s</artifactId>%s</dependency></dependencies>"
                .formatted(artifact, more);
    }

    private void write(String file, String text) throws IOException {
        var path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Repository read() {
        return Repository.read(root);
    }
}
