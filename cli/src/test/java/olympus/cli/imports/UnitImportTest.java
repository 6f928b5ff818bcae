package olympus.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackFolder;
import olympus.model.stack.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnitImportTest {

    private static final Path UNITS = Path.of("src/test/resources/imports/units");

    @TempDir Path folder;

    private StackDefinition loaded(Draft draft) throws IOException {
        draft.writeTo(folder.resolve("shop"));
        var outcome = StackFolder.load(folder.resolve("shop"), Map.of());
        return switch (outcome) {
            case StackFolder.Outcome.Loaded good -> good.definition();
            case StackFolder.Outcome.Invalid bad -> throw new AssertionError(bad.text());
        };
    }

    private static ServiceDefinition service(StackDefinition stack, String name) {
        return Objects.requireNonNull(stack.services().get(name));
    }

    private Draft unit(String text, boolean asProcess) throws IOException {
        var file = folder.resolve("one.service");
        Files.writeString(file, text);
        return UnitImport.of(file, "Shop at home", asProcess);
    }

    @Test
    void watchesTheUnitsOfAFolder() throws IOException {
        var draft = UnitImport.of(UNITS, "shop", false);

        assertThat(draft.text("olympus.yaml"))
                .isEqualTo(Goldens.text("units-watched.yaml", draft.text("olympus.yaml")));
        assertThat(draft.notes())
                .containsExactly(
                        "save.timer: schedules come with a later version of Olympus",
                        "tunnel@.service: a template is no unit; import its instances by name");
        var definition = loaded(draft);
        assertThat(definition.mode()).isEqualTo(StackDefinition.Mode.OBSERVE);
        assertThat(service(definition, "web").workload())
                .isEqualTo(new Workload.Unit("web.service"));
    }

    @Test
    void carriesProcessesOverAndTellsEveryDirectiveThatItDoesNot() throws IOException {
        var draft = UnitImport.of(UNITS, "shop", true);

        assertThat(draft.text("olympus.yaml"))
                .isEqualTo(Goldens.text("units-as-process.yaml", draft.text("olympus.yaml")));
        var definition = loaded(draft);
        var web = service(definition, "web");
        assertThat(((Workload.Process) web.workload()).command())
                .containsExactly(
                        "/usr/bin/web",
                        "--name",
                        "web.service",
                        "--port",
                        "8080",
                        "--motto",
                        "its \"fine\"",
                        "--rate=50%");
        assertThat(((Workload.Process) web.workload()).environment())
                .containsEntry("GREETING", new Workload.EnvironmentValue.Literal("Hello $$ you"))
                .containsEntry("EMPTY", new Workload.EnvironmentValue.Literal(""));
        assertThat(web.stop().signal()).isEqualTo("SIGINT");
        assertThat(service(definition, "cache").workload())
                .isEqualTo(new Workload.Unit("cache.service"));
    }

    @Test
    void letsAShellFillInVariablesAsSystemdWould() throws IOException {
        var draft =
                unit(
                        "[Service]\nExecStart=/usr/bin/db --folder ${DATA} $EXTRA 'a b' $$HOME\n",
                        true);

        var process = (Workload.Process) service(loaded(draft), "one").workload();

        assertThat(process.command())
                .containsExactly(
                        "/bin/sh",
                        "-c",
                        "exec /usr/bin/db --folder \"${DATA}\" $EXTRA \"a b\" \"\\$HOME\"");
    }

    @Test
    void namesTheStackAsAStackMayBeNamed() throws IOException {
        var draft = unit("[Service]\nExecStart=/usr/bin/x\n", true);

        assertThat(loaded(draft).name().value()).isEqualTo("shop-at-home");
    }

    @Test
    void writesOverNothing() throws IOException {
        var draft = unit("[Service]\nExecStart=/usr/bin/x\n", true);
        Files.writeString(folder.resolve("olympus.yaml"), "mine");

        assertThatThrownBy(() -> draft.writeTo(folder))
                .isInstanceOf(ImportRefusal.class)
                .hasMessageContaining(folder.resolve("olympus.yaml") + " is there already");
        assertThat(folder.resolve("olympus.yaml")).hasContent("mine");
    }

    @Test
    void refusesAPathWithoutUnits() {
        assertThatThrownBy(() -> UnitImport.of(folder, "x", false))
                .hasMessageContaining("there is no unit file in " + folder);
        assertThatThrownBy(() -> UnitImport.of(folder.resolve("gone"), "x", false))
                .hasMessageContaining("there is no file or folder");
    }

    @Test
    void readsContinuedLinesCommentsAndWhatAnEmptyAssignmentTakesBack() {
        var unit =
                UnitFile.of(
                        "a.service",
                        List.of(
                                new UnitFile.Text(
                                        "a.service",
                                        "[Service]\nExecStart=one \\\n; no\n two\n# no\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2\n"),
                                new UnitFile.Text("a.service.d/x.conf", "[Service]\nUser=ana\n")));

        assertThat(unit.last("Service", "ExecStart").map(UnitFile.Directive::value))
                .hasValueSatisfying(
                        value -> assertThat(value.split(" +")).containsExactly("one", "two"));
        assertThat(unit.all("Service", "Environment"))
                .extracting(UnitFile.Directive::value, UnitFile.Directive::place)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("B=2", "a.service:8"));
        assertThat(unit.last("Service", "User").map(UnitFile.Directive::place))
                .contains("a.service.d/x.conf:2");
    }
}
