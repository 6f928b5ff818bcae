package olympus.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class CronImportTest {

    private static final Path CRON = Path.of("src/test/resources/imports/cron.d");
    private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");

    @TempDir Path folder;

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> section(Draft draft, String name) {
        var load = new Load(LoadSettings.builder().build());
        var file = (Map<String, Object>) load.loadFromString(draft.text("schedules.yaml"));
        return Objects.requireNonNull((Map<String, Map<String, Object>>) file.get(name));
    }

    @Test
    void writesSchedulesAndPipelinesAndTellsWhatIsNone() throws IOException {
        var draft = CronImport.of(CRON, Optional.empty(), ZONE);

        assertThat(draft.files().keySet()).containsExactly("schedules.yaml");
        assertThat(draft.text("schedules.yaml"))
                .isEqualTo(Goldens.text("schedules.yaml", draft.text("schedules.yaml")))
                .contains("does not run schedules yet");
        assertThat(section(draft, "schedules"))
                .containsOnlyKeys("dump-all", "clean", "mail", "dump-all-2");
        assertThat(section(draft, "schedules").get("clean"))
                .containsEntry("cron", "0 0 * * *")
                .containsEntry("timezone", "Australia/Sydney")
                .containsEntry("pipeline", "clean");
        assertThat(section(draft, "pipelines"))
                .containsOnlyKeys("dump-all", "clean", "mail", "dump-all-2");
    }

    @Test
    void readsAUsersOwnTableWithoutAColumnForTheUser() throws IOException {
        var file = Files.createDirectories(folder.resolve("crontabs")).resolve("ana");
        Files.writeString(file, "0 1 * * * /usr/bin/find /home/ana\n");

        var draft = CronImport.of(file, Optional.empty(), ZONE);

        assertThat(draft.text("schedules.yaml"))
                .contains(file + ":1: cron runs it as ana")
                .contains("/usr/bin/find /home/ana");
        var given = Files.writeString(folder.resolve("table"), "0 1 * * * ls -l\n");
        assertThat(CronImport.of(given, Optional.of("bob"), ZONE).text("schedules.yaml"))
                .contains("cron runs it as bob");
    }

    @Test
    void readsAFolderOfPrograms() throws IOException {
        var daily = Files.createDirectories(folder.resolve("cron.daily"));
        Files.writeString(daily.resolve("clean"), "#!/bin/sh\n").toFile().setExecutable(true);
        Files.writeString(daily.resolve("broken"), "#!/bin/sh\n");

        var draft = CronImport.of(daily, Optional.empty(), ZONE);

        assertThat(section(draft, "schedules")).containsOnlyKeys("clean");
        assertThat(draft.notes()).singleElement().asString().contains("broken: not executable");
    }

    @Test
    void refusesWhatHasNothingToSchedule() throws IOException {
        var file = Files.writeString(folder.resolve("table"), "@reboot root x\n");

        assertThatThrownBy(() -> CronImport.of(file, Optional.empty(), ZONE))
                .isInstanceOf(ImportRefusal.class)
                .hasMessageContaining("has no line that Olympus could schedule")
                .hasMessageContaining("@reboot is no time");
        assertThatThrownBy(() -> CronImport.of(folder.resolve("gone"), Optional.empty(), ZONE))
                .hasMessageContaining("there is no file or folder");
    }
}
