package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.Decision;
import org.junit.jupiter.api.Test;

/** What the decision log says of whom. */
final class DecisionLogTest {

    private final Island island = new Island(1, 1);

    @Test
    void everyDecisionNamesTheNodeItConcernsOrTheServerThatDecided() {
        liveThrough();

        assertThat(island.decisions())
                .extracting(Decision::action)
                .contains("take charge", "apply", "place", "finish update", "stop", "forget stack");
        assertThat(island.decisions()).allMatch(d -> d.node().equals("node1"));
    }

    @Test
    void whyOfANodeIsNotAboutEverythingThatItsServerDecided() {
        liveThrough();

        assertThat(island.now(island.zeus.why("node1")))
                .extracting(StackCommands.Cause::sentence)
                .anyMatch(sentence -> sentence.contains("place first/web.1"))
                .noneMatch(sentence -> sentence.contains("apply first"))
                .noneMatch(sentence -> sentence.contains("finish update"));
    }

    private void liveThrough() {
        var web = service("web");
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(30));
        island.apply(stack("first", web.command("other")));
        island.run(Duration.ofMinutes(2));
        island.now(island.zeus.stop(ServiceId.parse("first/web"), Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        island.now(island.zeus.remove(new StackName("first"), Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));
    }
}
