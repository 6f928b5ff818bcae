package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import olympus.model.state.NodeFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineFactsTest {

    @TempDir private Path root;

    @Test
    void findsWhatTheKernelSaysOfThisMachine() throws Exception {
        var facts = MachineFacts.find();

        assertThat(facts.processors().count())
                .isEqualTo(
                        (int)
                                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                                        .filter(line -> line.startsWith("processor"))
                                        .count());
        var total =
                Files.readAllLines(Path.of("/proc/meminfo")).stream()
                        .filter(line -> line.startsWith("MemTotal:"))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
        assertThat(facts.memoryBytes()).isEqualTo(total << 10);
        assertThat(facts.platform().os()).isEqualTo("linux");
        assertThat(facts.platform().kernel())
                .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        assertThat(facts.disks())
                .allSatisfy(disk ->
                        assertThat(disk.bytes())
                                .isEqualTo(
                                        Files.getFileStore(Path.of(disk.mount())).getTotalSpace()));
        assertThat(facts.networks())
                .allSatisfy(network -> assertThat(network.addresses()).isNotEmpty())
                .noneSatisfy(network -> assertThat(network.name()).isEqualTo("lo"));
    }

    @Test
    void countsAGpuOnceWhateverFilesItsDriverMakes() throws Exception {
        var files = new GpuFiles(root.resolve("dev"), root.resolve("sys"), root.resolve("proc"));
        assertThat(files.find()).isEmpty();

        file("dev/nvidia0", "");
        file("dev/nvidia1", "");
        file("dev/nvidiactl", "");
        file("dev/nvidia-uvm", "");
        file(
                "proc/driver/nvidia/gpus/0000:01:00.0/information",
                "Model: \t\t RTX 4000\nDevice Minor: \t 1\n");
        render("renderD128", "nvidia", "0x10de", "0x2230");
        render("renderD129", "amdgpu", "0x1002", "0x73bf");
        file("dev/dri/card0", "");

        assertThat(files.find())
                .containsExactly(
                        gpu("nvidia", "", "dev/nvidia0"),
                        gpu("nvidia", "RTX 4000", "dev/nvidia1"),
                        gpu("amdgpu", "1002:73bf", "dev/dri/renderD129"));
    }

    @Test
    void aGpuWhoseFileIsMadeOnlyWhenItIsFirstUsedCounts() throws Exception {
        var files = new GpuFiles(root.resolve("dev"), root.resolve("sys"), root.resolve("proc"));
        file(
                "proc/driver/nvidia/gpus/0000:01:00.0/information",
                "Model: \t\t Tesla T4\nDevice Minor: \t 0\n");

        assertThat(files.find()).containsExactly(gpu("nvidia", "Tesla T4", "dev/nvidia0"));
    }

    @Test
    void theGpuThatWindowsSharesCountsWhereThereIsNoOther() throws Exception {
        var files = new GpuFiles(root.resolve("dev"), root.resolve("sys"), root.resolve("proc"));
        file("dev/dxg", "");
        assertThat(files.find()).containsExactly(gpu("dxgkrnl", "", "dev/dxg"));

        render("renderD128", "amdgpu", "0x1002", "0x73bf");
        assertThat(files.find()).containsExactly(gpu("amdgpu", "1002:73bf", "dev/dri/renderD128"));
    }

    private NodeFacts.Device gpu(String driver, String model, String path) {
        return new NodeFacts.Device("gpu", driver, model, root.resolve(path).toString());
    }

    private void render(String name, String driver, String vendor, String id) throws Exception {
        file("dev/dri/" + name, "");
        file("sys/class/drm/%s/device/vendor".formatted(name), vendor + "\n");
        file("sys/class/drm/%s/device/device".formatted(name), id + "\n");
        var drivers = Files.createDirectories(root.resolve("sys/bus/pci/drivers/" + driver));
        Files.createSymbolicLink(
                root.resolve("sys/class/drm/%s/device/driver".formatted(name)), drivers);
    }

    private void file(String path, String text) throws Exception {
        var file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void tellsOnlyWhatHasChangedAndGoesOnAfterAFailure() throws Exception {
        BlockingQueue<NodeFacts> told = new LinkedBlockingQueue<>();
        var looks = new AtomicInteger();
        var rounds =
                new FactsRounds(
                        () ->
                                switch (looks.incrementAndGet()) {
                                    case 1, 2 -> facts(1);
                                    case 3 -> throw new IllegalStateException("no /proc");
                                    default -> facts(2);
                                },
                        Duration.ofMillis(1),
                        told::add);
        try (rounds) {
            rounds.begin();

            assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(facts(1));
            assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(facts(2));
            assertThat(looks.get()).isGreaterThanOrEqualTo(4);
            assertThat(rounds.problem()).isEmpty();
        }
        assertThat(told).isEmpty();
    }

    private static NodeFacts facts(int processors) {
        return new NodeFacts(
                new NodeFacts.Platform("linux", "amd64", "Debian", "6.12"),
                new NodeFacts.Processors(processors, "", java.util.Optional.empty()),
                1,
                List.of(),
                List.of(),
                List.of());
    }
}
