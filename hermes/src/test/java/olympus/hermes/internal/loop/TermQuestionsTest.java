package olympus.hermes.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import olympus.hermes.log.GroupOfOne;
import org.junit.jupiter.api.Test;

final class TermQuestionsTest {

    private final TermQuestions ours = new TermQuestions(new GroupOfOne("a"), () -> 3);

    @Test
    void theKindsAreToldApart() {
        assertThat(TermQuestions.kind(ours.askTerm())).isEqualTo(TermQuestions.TERM);
        assertThat(TermQuestions.kind(ours.askIndex(9))).isEqualTo(TermQuestions.INDEX);
        assertThat(TermQuestions.kind(ByteBuffer.allocate(16))).isZero();
        assertThat(TermQuestions.kind(ByteBuffer.allocate(0))).isZero();
        assertThat(ours.readIndexWanted(ours.askIndex(9)).term()).isEqualTo(9);
    }

    @Test
    void anotherIncarnationOfTheStoreIsNotAnswered() {
        var recovered = new TermQuestions(new GroupOfOne("a"), () -> 4);
        assertThatThrownBy(() -> recovered.answerTerm(ours.askTerm()))
                .hasMessageContaining("incarnation 3")
                .hasMessageContaining("this is 4");
        assertThatThrownBy(() -> recovered.readIndexWanted(ours.askIndex(9)))
                .hasMessageContaining("incarnation 3");
    }

    @Test
    void aMemberWhoseLogIsClosedSaysNoTerm() {
        assertThatThrownBy(() -> ours.answerTerm(ours.askTerm())).hasMessageContaining("closed");
    }
}
