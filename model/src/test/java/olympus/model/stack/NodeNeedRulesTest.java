package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.Problem;
import olympus.model.stack.DeployPolicy.Devices;
import olympus.model.stack.DeployPolicy.Reservations;
import olympus.model.stack.PlacementPolicy.Attribute;
import olympus.model.stack.PlacementPolicy.Constraint;
import olympus.model.state.Samples;
import org.junit.jupiter.api.Test;

/** What a client of the API may say that a service needs of its node. */
final class NodeNeedRulesTest {

    @Test
    void refusesConstraintsThatCouldNotHaveBeenWritten() {
        assertThat(
                        problems(
                                needs(),
                                new Constraint(Attribute.CPUS, "", true, "many"),
                                new Constraint(Attribute.MEMORY, "", true, "much"),
                                new Constraint(Attribute.LABEL, "", true, "web"),
                                new Constraint(Attribute.CPUS, "role", true, "4")))
                .hasSize(4)
                .allMatch(problem ->
                        problem.startsWith("$.services.db.deploy.placement.constraints: found "));
    }

    @Test
    void takesThoseThatCould() {
        assertThat(
                        problems(
                                needs(new Devices(List.of("gpu"), 2)),
                                new Constraint(Attribute.CPUS, "", true, "4"),
                                new Constraint(Attribute.MEMORY, "", false, "8G"),
                                new Constraint(Attribute.LABEL, "role", false, "web")))
                .isEmpty();
    }

    @Test
    void refusesAmountsThatCannotBeAddedUp() {
        assertThat(problems(needs(new Devices(List.of("gpu"), -7)))).hasSize(1);
        assertThat(problems(needs(new Devices(List.of("gpu"), Integer.MAX_VALUE)))).hasSize(1);
        assertThat(problems(needs(new Devices(List.of("tpu"), 1)))).hasSize(1);
        assertThat(
                        problems(
                                new Reservations(
                                        Optional.of(Double.POSITIVE_INFINITY),
                                        Optional.of(Long.MAX_VALUE),
                                        List.of())))
                .hasSize(2);
    }

    private static Reservations needs(Devices... devices) {
        return new Reservations(Optional.of(0.5), Optional.of(1L << 30), List.of(devices));
    }

    private static List<String> problems(Reservations needs, Constraint... constraints) {
        var db = Samples.db();
        var deploy =
                new DeployPolicy(
                        DeployPolicy.Mode.REPLICATED,
                        1,
                        DeployPolicy.Resources.UNLIMITED,
                        DeployPolicy.UpdatePolicy.DEFAULT,
                        Optional.of(
                                new PlacementPolicy(
                                        List.of(constraints), List.of(), Optional.empty())),
                        Optional.empty(),
                        Optional.of(needs),
                        Optional.empty());
        return DefinitionRules.problems(
                        new StackDefinition(
                                Samples.SHOP,
                                StackDefinition.Mode.MANAGE,
                                "/s",
                                Map.of("db", db.with(deploy))))
                .stream()
                .map(Problem::toString)
                .toList();
    }
}
