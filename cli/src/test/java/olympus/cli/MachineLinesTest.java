package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What {@code olympus node show} says of a machine. */
final class MachineLinesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String MACHINE =
            """
            {"platform":{"os":"linux","architecture":"amd64","distribution":"Debian 13","kernel":"6.12.9"},
             "processors":{"count":8,"model":"Ryzen 7","celsius":51,"reserved":1.50},
             "memory":{"bytes":17179869184,"forInstances":16106127360,"reserved":536870912},
             "disks":[{"mount":"/","filesystem":"ext4","bytes":107374182400,"free":53687091200}],
             "networks":[{"name":"eth0","addresses":["10.0.0.2","fd00::2"]}],
             "devices":[{"kind":"gpu","driver":"amdgpu","model":"Navi 33","path":"/dev/dri/renderD128"},
                        {"kind":"video","driver":"","model":"","path":"/dev/video0"}],
             "gpusReserved":1}\
            """;

    @Test
    void saysWhatAMachineHasAndHowMuchOfItIsReserved() {
        assertThat(MachineLines.of(JSON.readTree(MACHINE)))
                .containsExactly(
                        "machine:   linux/amd64, Debian 13, kernel 6.12.9",
                        "processor: 8 × Ryzen 7, 51 °C; 1.5 reserved",
                        "memory:    16.0 GiB, 15.0 GiB of it for instances; 512.0 MiB reserved",
                        "disk:      / ext4, 50.0 GiB of 100.0 GiB free",
                        "network:   eth0 10.0.0.2, fd00::2",
                        "gpu:       /dev/dri/renderD128 (amdgpu, Navi 33)",
                        "video:     /dev/video0",
                        "reserved:  1 of the GPUs");
    }

    @Test
    void saysThatANodeHasToldNothing() {
        assertThat(MachineLines.of(JSON.readTree("{}").path("machine")))
                .containsExactly("machine:   it has not told what it has");
    }

    @Test
    void saysNothingOfTemperaturesAndGpusThatAreNotThere() {
        var plain =
                MACHINE.replace("51,", "null,")
                        .replace("1.50", "0.0")
                        .replace("Reserved\":1", "Reserved\":0");
        assertThat(MachineLines.of(JSON.readTree(plain)))
                .contains("processor: 8 × Ryzen 7; 0 reserved")
                .noneMatch(line -> line.startsWith("reserved:"));
    }
}
