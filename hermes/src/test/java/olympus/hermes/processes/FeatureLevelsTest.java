package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import olympus.hermes.HermesNode;
import olympus.hermes.internal.ratis.TestPeers;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers are replaced one after another by those of a newer version, as an administrator
 * does it: the binary of the feature level before takes part in the group, nothing new is switched
 * on before the last of them is gone, and then there is no way back.
 */
final class FeatureLevelsTest {

    private static final int BEFORE = HermesNode.supportedLevel() - 1;

    @TempDir private Path folder = Path.of(".");
    private final Map<String, MemberProcess> members = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private int writes;

    @AfterEach
    void end() {
        members.values().forEach(MemberProcess::kill);
    }

    @Test
    void theLevelRisesWhenTheLastServerOfTheVersionBeforeIsReplaced() throws Exception {
        foundThreeOld();
        everyMemberTakesWritesAndReads();

        replace("c");
        everyMemberTakesWritesAndReads();
        assertThat(member("a").await("transfer c")).isEqualTo("transferred");
        Eventually.holds("the newer one leads", () -> member("c").leads());
        everyMemberTakesWritesAndReads();
        assertThat(level("c")).as("while older ones are members").isEqualTo(BEFORE);

        replace("b");
        everyMemberTakesWritesAndReads();
        assertThat(level("b")).as("while one older is a member").isEqualTo(BEFORE);

        replace("a");
        for (var name : members.keySet()) {
            Eventually.holds(name + " has risen", () -> level(name) == BEFORE + 1);
        }
        everyMemberTakesWritesAndReads();
    }

    @Test
    void theVersionBeforeRefusesAStoreWhoseLevelHasRisenAndTheOthersGoOn() throws Exception {
        start("a", false).awaitReady();
        Eventually.holds("a has risen", () -> level("a") == BEFORE + 1);
        join("b", start("b", true));
        join("c", start("c", true));
        everyMemberTakesWritesAndReads();

        member("c").kill();
        var older = startOlder("c", false);
        Eventually.holds(
                "it has halted",
                () -> older.await("status").contains("this version supports " + BEFORE));
        assertThat(older.await("status")).contains("install a newer one");
        assertThat(older.await("put k 1")).startsWith("refused");
        members.remove("c");
        everyMemberTakesWritesAndReads();
        older.kill();

        members.put("c", start("c", false));
        member("c").awaitReady();
        everyMemberTakesWritesAndReads();
    }

    // ---- members

    private void foundThreeOld() throws IOException {
        startOlder("a", false).awaitReady();
        join("b", startOlder("b", true));
        join("c", startOlder("c", true));
    }

    private void join(String name, MemberProcess newcomer) {
        var list = new StringBuilder("a:127.0.0.1:" + ports.get("a"));
        for (var known : List.of("b", "c")) {
            if (ports.containsKey(known)) {
                list.append(",%s:127.0.0.1:%d".formatted(known, ports.get(known)));
            }
        }
        assertThat(member("a").await("members " + list)).as(name).isEqualTo("changed");
        newcomer.awaitReady();
    }

    private void replace(String name) throws IOException {
        member(name).kill();
        start(name, false).awaitReady();
    }

    private MemberProcess start(String name, boolean joins) throws IOException {
        return put(name, MemberProcess.start(launch(name, joins), errors(name), _ -> {}));
    }

    private MemberProcess startOlder(String name, boolean joins) throws IOException {
        return put(
                name,
                MemberProcess.startOlder(binary(), launch(name, joins), errors(name), _ -> {}));
    }

    private MemberProcess put(String name, MemberProcess member) {
        members.put(name, member);
        return member;
    }

    private static Path binary() {
        var name = "/levels/level-%d.jar".formatted(BEFORE);
        try {
            return Path.of(
                    Objects.requireNonNull(
                                    FeatureLevelsTest.class.getResource(name),
                                    name
                                            + " is missing: run hermes/keep-level before a level rises")
                            .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(name, e);
        }
    }

    private MemberLaunch launch(String name, boolean joins) throws IOException {
        var data = Files.createDirectories(folder.resolve(name)).resolve("hermes");
        return MemberLaunch.plain(name, data, port(name), joins);
    }

    private Path errors(String name) {
        return folder.resolve(name + ".err");
    }

    private int port(String name) {
        return ports.computeIfAbsent(name, _ -> TestPeers.freePort());
    }

    private MemberProcess member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    private int level(String name) {
        return Integer.parseInt(member(name).await("level").split(" ")[1]);
    }

    private void everyMemberTakesWritesAndReads() {
        for (var name : members.keySet()) {
            var value = ++writes;
            Eventually.holds(
                    name + " writes",
                    () -> member(name).await("put k " + value).startsWith("done"));
            for (var other : members.keySet()) {
                assertThat(member(other).await("get k"))
                        .as("%s reads what %s wrote", other, name)
                        .isEqualTo("value " + value);
            }
        }
    }
}
