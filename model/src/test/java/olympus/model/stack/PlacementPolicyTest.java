package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import olympus.model.stack.PlacementPolicy.Attribute;
import olympus.model.stack.PlacementPolicy.Constraint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlacementPolicyTest {

    @Test
    void constraintsAreReadAsPeopleWriteThem() {
        assertThat(Constraint.parse("node.labels.role==web"))
                .contains(new Constraint(Attribute.LABEL, "role", true, "web"));
        assertThat(Constraint.parse(" node.hostname  !=  mars "))
                .contains(new Constraint(Attribute.NAME, "", false, "mars"));
        assertThat(Constraint.parse("node.id == 0b8f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b11"))
                .map(Constraint::text)
                .contains("node.id == 0b8f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b11");
    }

    @Test
    void amountsAreCompared() {
        assertThat(Constraint.parse("node.memory>=1.5G"))
                .contains(new Constraint(Attribute.MEMORY, "", true, "1.5G"))
                .map(constraint -> constraint.amount().orElseThrow())
                .contains(3L << 29);
        assertThat(Constraint.parse("node.cpus < 8"))
                .contains(new Constraint(Attribute.CPUS, "", false, "8"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node.platform.arch == x86_64",
                "node.platform.os != windows",
                "node.memory >= 8G",
                "node.cpus < 4",
                "node.labels.role==web",
                "node.labels.example.org/a-b != two words",
                "node.hostname == mars"
            })
    void aConstraintIsWrittenSoThatItReadsTheSame(String text) {
        var read = Constraint.parse(text);
        assertThat(read.flatMap(constraint -> Constraint.parse(constraint.text())))
                .isPresent()
                .isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web",
                "node.role == manager",
                "node.labels. == a",
                "node.labels.role",
                "node.labels.role =",
                "node.labels.role == ",
                "node.labels.role = web",
                "node.memory == 8G",
                "node.memory >= much",
                "node.memory >= 1.2.3G",
                "node.cpus <= 4",
                "node.platform == linux",
                "engine.labels.role == web"
            })
    void whatIsNoneIsRefused(String text) {
        assertThat(Constraint.parse(text)).isEqualTo(Optional.empty());
    }
}
