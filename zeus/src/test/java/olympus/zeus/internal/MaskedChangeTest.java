package olympus.zeus.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.zeus.StackPlan;
import olympus.zeus.Stacks;
import org.junit.jupiter.api.Test;

/** What a plan shows of what changes, and what it does not. */
final class MaskedChangeTest {

    private static StackDefinition stack(
            String command, Map<String, EnvironmentValue> environment) {
        var bare = Stacks.stack("shop", Stacks.service("web"));
        var web = bare.services().get("web");
        var process =
                new Workload.Process(
                        List.of("serve", command), Optional.empty(), Optional.empty(), environment);
        return new StackDefinition(
                bare.name(),
                bare.mode(),
                bare.directory(),
                Map.of("web", java.util.Objects.requireNonNull(web).with(process)));
    }

    private static EnvironmentValue literal(String text) {
        return new EnvironmentValue.Literal(text);
    }

    private static List<StackPlan.FieldChange> changes(StackDefinition was, StackDefinition is) {
        var all = StackDifference.between(Optional.of(was), is);
        assertThat(all).hasSize(1);
        return all.getFirst().fields();
    }

    @Test
    void doesNotShowTextsThatLookLikeSecrets() {
        var was =
                stack(
                        "--api-token=hunter1",
                        Map.of(
                                "LEVEL", literal("low"),
                                "DB_PASSWORD", literal("hunter1"),
                                "DATABASE", literal("postgres://me:hunter1@db/shop"),
                                "OLD_KEY", literal("hunter1")));
        var is =
                stack(
                        "--api-token=hunter2",
                        Map.of(
                                "LEVEL", literal("high"),
                                "DB_PASSWORD", literal("hunter2"),
                                "DATABASE", literal("postgres://me:hunter2@db/shop"),
                                "NEW_KEY", literal("hunter2")));
        assertThat(changes(was, is))
                .containsExactlyInAnyOrder(
                        new StackPlan.FieldChange("workload.environment.LEVEL", "low", "high"),
                        new StackPlan.FieldChange(
                                "workload.environment.DB_PASSWORD",
                                "(not shown)",
                                "(another value, not shown)"),
                        new StackPlan.FieldChange(
                                "workload.environment.DATABASE",
                                "(not shown)",
                                "(another value, not shown)"),
                        new StackPlan.FieldChange(
                                "workload.environment.OLD_KEY", "(not shown)", ""),
                        new StackPlan.FieldChange(
                                "workload.environment.NEW_KEY", "", "(not shown)"),
                        new StackPlan.FieldChange(
                                "process.command",
                                "serve --api-token=***",
                                "serve --api-token=*** (another value, not shown)"));
    }

    @Test
    void showsTheReferenceThatTakesTheTextsPlace() {
        var ref = new SecretRef(new StackName("shop"), "web/DB_PASSWORD", "0a1b");
        var was = stack("x", Map.of("DB_PASSWORD", literal("hunter1")));
        var is = stack("x", Map.of("DB_PASSWORD", new EnvironmentValue.Secret(ref)));
        assertThat(changes(was, is))
                .containsExactly(
                        new StackPlan.FieldChange(
                                "workload.environment.DB_PASSWORD",
                                "(not shown)",
                                "secret web/DB_PASSWORD@0a1b"));
    }
}
