package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.engine.AttachedExec;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.ExecOrder;
import org.junit.jupiter.api.Test;

/** Commands in containers while the engine does not answer. */
class ContainerTalksTest {

    /** Of an engine that answers again after some questions. */
    private static final class Unanswered implements AttachedExec {

        private final List<String> heard = new ArrayList<>();
        private int left;

        Unanswered(int questions) {
            left = questions;
        }

        @Override
        public Optional<Output> next() {
            return Optional.of(new Output(false, ByteBuffer.allocate(0)));
        }

        @Override
        public void write(byte[] data) {
            heard.add("write");
        }

        @Override
        public void endInput() {
            heard.add("endInput");
        }

        @Override
        public void resize(ExecOrder.Size size) {
            heard.add("resize");
        }

        @Override
        public Standing standing() {
            heard.add("standing");
            if (left-- > 0) {
                throw new EngineException(Kind.SLOW, "no answer");
            }
            return new Standing(false, 0, 0);
        }

        @Override
        public void close() {
            heard.add("close");
        }
    }

    @Test
    void letsGoAtOnceAndEndsTheCommandOnceTheEngineAnswersAgain() {
        var exec = new Unanswered(2);
        new ContainerTalks.InContainer(exec, 1, true, false).end();
        assertThat(exec.heard)
                .isEqualTo(List.of("standing", "close", "standing", "close", "standing", "close"));
    }
}
