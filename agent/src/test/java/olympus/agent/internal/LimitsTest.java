package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.stack.DeployPolicy.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 2 is a tree of plain files here: it shows what is written where, not what it does. */
class LimitsTest {

    private static final InstanceId WEB = InstanceId.parse("shop/web.1");
    private static final Resources ALL =
            new Resources(Optional.of(0.5), Optional.of(20L << 20), Optional.of(50));

    @TempDir Path tree;

    private Path unit;

    @BeforeEach
    void delegate() throws IOException {
        unit = Files.createDirectories(tree.resolve("system.slice/olympus.service"));
        Files.writeString(unit.resolve("cgroup.controllers"), "cpu memory pids\n");
        Files.createDirectories(unit.resolve("agent"));
        Files.createDirectories(unit.resolve("olympus/test-shop.web.1"));
    }

    @Test
    void writesAllThreeLimitsIntoAGroupBesideTheAgents() throws IOException {
        var applied = unified("/system.slice/olympus.service/agent").apply(WEB, ALL);

        var group = unit.resolve("olympus/test-shop.web.1");
        assertThat(applied.groups()).containsExactly(group.resolve("cgroup.procs"));
        assertThat(applied.words()).isEmpty();
        assertThat(applied.problems()).isEmpty();
        assertThat(group.resolve("memory.max")).hasContent("20971520");
        assertThat(group.resolve("pids.max")).hasContent("50");
        assertThat(group.resolve("cpu.max")).hasContent("50000 100000");
        assertThat(unit.resolve("cgroup.subtree_control")).hasContent("+memory +pids +cpu");
    }

    @Test
    void liftsWhatIsNoLongerLimited() throws IOException {
        var limits = unified("/system.slice/olympus.service/agent");
        limits.apply(WEB, ALL);

        limits.apply(WEB, new Resources(Optional.empty(), Optional.of(1L << 20), Optional.empty()));

        var group = unit.resolve("olympus/test-shop.web.1");
        assertThat(group.resolve("memory.max")).hasContent("1048576");
        assertThat(group.resolve("pids.max")).hasContent("max");
        assertThat(group.resolve("cpu.max")).hasContent("max 100000");
    }

    @Test
    void saysWhatItCannotLimitWhereNoGroupIsDelegated() {
        var applied = unified("/nowhere").apply(WEB, ALL);

        assertThat(applied.groups()).isEmpty();
        assertThat(applied.words())
                .containsExactly("/usr/bin/prlimit", "--as=20971520", "--nproc=50", "--");
        assertThat(applied.problems())
                .hasSize(3)
                .allSatisfy(problem -> assertThat(problem).contains("shop/web.1"));
    }

    private Limits unified(String own) {
        return new Limits(
                "test",
                List.of("30 1 0:26 / " + tree + " rw - cgroup2 cgroup2 rw"),
                List.of("0::" + own));
    }
}
