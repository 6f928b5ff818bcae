package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.observed;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import org.junit.jupiter.api.Test;

/** Other images for what is declared, and who is restarted with whom. */
final class ImageUpdateTest {

    private static final StackName SHOP = new StackName("shop");

    private final Island island = new Island(1, 1);

    private SimulatedAgent.Run run(String service) {
        var id = new InstanceId(new ServiceId(SHOP, service), 1);
        return Optional.ofNullable(island.agent().runs().get(id)).orElseThrow();
    }

    private static String image(SimulatedAgent.Run run) {
        return run.spec.definition().workload() instanceof Workload.Container container
                ? container.image().reference()
                : "";
    }

    private StackPlan update(Map<String, String> images) {
        var plan = island.now(island.zeus.updateImages(SHOP, images, Optional.empty(), Island.ANA));
        island.run(Duration.ofMinutes(1));
        return plan;
    }

    private StackDefinition shop() {
        var web =
                service("web")
                        .command("web:1")
                        .replicas(2)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST);
        return inContainers(stack("shop", web, service("db").command("db:1")));
    }

    @Test
    void takesOtherImagesAndShowsThatTheOldFilesWouldGoBack() {
        island.apply(shop());
        island.run(Duration.ofSeconds(10));
        var db = run("db");

        var plan = update(Map.of("web", "web:2@sha256:new"));

        assertThat(plan.revision()).isEqualTo(2);
        assertThat(image(run("web"))).isEqualTo("web:2@sha256:new");
        assertThat(run("db")).isSameAs(db);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        var unchanged = island.now(island.zeus.plan(shop()));
        assertThat(unchanged.changes())
                .singleElement()
                .satisfies(change ->
                        assertThat(change.fields())
                                .contains(
                                        new StackPlan.FieldChange(
                                                "image", "web:2@sha256:new", "web:1")));
    }

    @Test
    void goesBackByItselfWhenTheNewImageIsNotWellWhateverThePolicy() {
        island.apply(shop());
        island.run(Duration.ofSeconds(10));

        update(Map.of("web", "web:bad", "db", "db:2"));
        island.run(Duration.ofMinutes(1));

        assertThat(image(run("web"))).isEqualTo("web:1");
        assertThat(image(run("db"))).isEqualTo("db:2");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.service("shop/web").running()).isEqualTo(2);
        var history = island.now(island.zeus.history(SHOP));
        assertThat(history).hasSize(3);
        assertThat(history.getFirst().summary())
                .startsWith("update of shop/web failed (shop/web.")
                .contains("), back to revision 1: changed web");
    }

    @Test
    void refusesImagesForWhatHasNoneOrIsOnlyWatched() {
        island.apply(stack("shop", service("web")));
        island.run(Duration.ofSeconds(10));
        assertThatThrownBy(() -> update(Map.of("web", "web:2")))
                .hasMessageContaining("shop/web has no image of a registry");
        assertThatThrownBy(() -> update(Map.of("other", "web:2")))
                .hasMessageContaining("there is no service shop/other");

        island.apply(observed(inContainers(stack("shop", service("web")))));
        assertThatThrownBy(() -> update(Map.of("web", "web:2")))
                .hasMessageContaining("stack shop is in mode observe");
    }

    private static StackDefinition following(StackDefinition stack) {
        var services = new TreeMap<>(stack.services());
        services.computeIfPresent("web", (_, web) -> needing(web, "db", true));
        services.computeIfPresent("page", (_, page) -> needing(page, "web", true));
        services.computeIfPresent("log", (_, log) -> needing(log, "db", false));
        return new StackDefinition(stack.name(), stack.mode(), stack.directory(), services);
    }

    private static ServiceDefinition needing(ServiceDefinition was, String other, boolean restart) {
        var needs = new Dependency(Dependency.Condition.HEALTHY, true, Optional.of(restart));
        return new ServiceDefinition(
                was.name(),
                was.workload(),
                was.ports(),
                Map.of(other, needs),
                was.probe(),
                was.recovery(),
                was.deploy(),
                was.stop(),
                was.about());
    }

    @Test
    void restartsThoseThatAskForItAfterWhatTheyDependOn() {
        var stack =
                following(
                        inContainers(
                                stack(
                                        "shop",
                                        service("db").command("db:1"),
                                        service("web"),
                                        service("page"),
                                        service("log"))));
        island.apply(stack);
        island.run(Duration.ofSeconds(30));
        var web = run("web");
        var page = run("page");
        var log = run("log");

        island.now(island.zeus.restart(ServiceId.parse("shop/db"), Optional.empty(), Island.ANA));
        island.run(Duration.ofMinutes(1));
        assertThat(run("web")).isNotSameAs(web);
        assertThat(run("page")).isNotSameAs(page);
        assertThat(run("log")).isSameAs(log);
        assertThat(island.decisions())
                .anySatisfy(decision ->
                        assertThat(decision.result())
                                .endsWith("restarted with it: shop/page, shop/web"));

        var again = run("web");
        update(Map.of("db", "db:2"));
        assertThat(run("web")).isNotSameAs(again);
        assertThat(run("log")).isSameAs(log);
        assertThat(island.service("shop/page").state()).isEqualTo("running");

        var untouched = run("web");
        island.agent().crash(new InstanceId(ServiceId.parse("shop/db"), 1));
        island.run(Duration.ofMinutes(1));
        assertThat(run("web")).isSameAs(untouched);
    }
}
