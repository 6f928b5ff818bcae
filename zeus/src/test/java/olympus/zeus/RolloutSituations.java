package olympus.zeus;

import static olympus.model.stack.DeployPolicy.Order.START_FIRST;
import static olympus.model.stack.DeployPolicy.Order.STOP_FIRST;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.DeployPolicy;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.ServiceState.Stage;

/** New versions that are tried before they replace the old one. */
final class RolloutSituations {

    private static final Optional<Duration> A_DAY = Optional.of(Duration.ofHours(24));
    private static final int HOUR = 3_600;

    private RolloutSituations() {}

    private static Stacks.Draft web(DeployPolicy.Order order, Optional<Duration> approval) {
        var web = service("web").replicas(2);
        return (order == START_FIRST ? web.ports(8080, 8082) : web).canary(1, order, approval);
    }

    /** Both instances of the first version are well; the second one is declared. */
    private static Situation both(Stacks.Draft draft, Stacks.Draft next) {
        return new Situation()
                .nodes(2)
                .stack(1, stack("shop", draft.command("one")))
                .stack(2, stack("shop", next.command("two")))
                .instance("shop/web.1", 1, 1)
                .instance("shop/web.2", 2, 1)
                .seen("shop/web.1", State.RUNNING, 60)
                .seen("shop/web.2", State.RUNNING, 60);
    }

    private static Situation both(DeployPolicy.Order order) {
        var draft = web(order, A_DAY);
        return both(draft, draft);
    }

    /** Besides, the third one tries the second version. */
    private static Situation beside(Stage stage, int seconds) {
        return both(START_FIRST)
                .tried("shop/web", stage, seconds)
                .instance("shop/web.3", 1, 2, Phase.RUN, stage != Stage.TRIAL);
    }

    static void addTo(Map<String, Situation> all) {
        begin(all);
        paused(all);
        gate(all);
        ends(all);
        inBetween(all);
        blueGreen(all);
        blueGreenEnds(all);
    }

    private static void begin(Map<String, Situation> all) {
        all.put("canary-beside-begins", both(START_FIRST).tried("shop/web", Stage.TRIAL, 0));
        all.put("canary-instead-begins", both(STOP_FIRST).tried("shop/web", Stage.TRIAL, 0));
        var more = web(START_FIRST, A_DAY);
        all.put(
                "canary-and-more-replicas",
                both(more, more.replicas(4).ports(8080, 8089)).tried("shop/web", Stage.TRIAL, 0));
        all.put(
                "canary-on-every-node",
                both(web(STOP_FIRST, A_DAY).global(), web(STOP_FIRST, A_DAY).global())
                        .tried("shop/web", Stage.TRIAL, 0));
        all.put(
                "canary-waits-while-paused",
                both(STOP_FIRST).tried("shop/web", Stage.TRIAL, 0).paused("stack:shop"));
    }

    private static void paused(Map<String, Situation> all) {
        all.put(
                "canary-beside-waits-while-paused",
                both(START_FIRST).tried("shop/web", Stage.TRIAL, 0).paused("all"));
        all.put(
                "blue-green-waits-while-paused",
                both(coloured(), coloured())
                        .tried("shop/web", Stage.TRIAL, 0)
                        .paused("stack:shop"));
    }

    private static void gate(Map<String, Situation> all) {
        all.put("canary-is-watched", beside(Stage.TRIAL, 9).seen("shop/web.3", State.RUNNING, 2));
        all.put(
                "canary-asks-for-approval",
                both(START_FIRST)
                        .tried("shop/web", Stage.TRIAL, 9)
                        .instance("shop/web.3", 1, 2, Phase.RUN, true)
                        .seen("shop/web.3", State.RUNNING, 9));
        all.put(
                "canary-goes-on-by-itself",
                both(web(START_FIRST, Optional.empty()), web(START_FIRST, Optional.empty()))
                        .tried("shop/web", Stage.TRIAL, 9)
                        .instance("shop/web.3", 1, 2, Phase.RUN, true)
                        .seen("shop/web.3", State.RUNNING, 9));
        all.put(
                "canary-waits-for-approval",
                beside(Stage.APPROVAL, HOUR).seen("shop/web.3", State.RUNNING, HOUR));
        all.put(
                "canary-is-approved",
                beside(Stage.OPEN, HOUR).seen("shop/web.3", State.RUNNING, HOUR));
    }

    private static void ends(Map<String, Situation> all) {
        all.put("canary-fails", beside(Stage.TRIAL, 9).crashed("shop/web.3", State.BACKOFF, 1));
        all.put(
                "canary-fails-while-it-waits-for-approval",
                beside(Stage.APPROVAL, HOUR).crashed("shop/web.3", State.RUNNING, 1));
        all.put(
                "canary-is-not-approved-in-time",
                beside(Stage.APPROVAL, 24 * HOUR).seen("shop/web.3", State.RUNNING, HOUR));
        all.put(
                "canary-fails-after-its-approval",
                both(START_FIRST)
                        .tried("shop/web", Stage.OPEN, HOUR)
                        .instance("shop/web.1", 1, 2)
                        .crashed("shop/web.1", State.GIVEN_UP, 5)
                        .instance("shop/web.3", 1, 2, Phase.RUN, true)
                        .seen("shop/web.3", State.RUNNING, HOUR));
        var draft = web(START_FIRST, A_DAY);
        all.put(
                "canary-ends-and-the-old-version-goes-on",
                both(draft, draft)
                        .stack(3, stack("shop", draft.command("one")))
                        .returning("shop/web")
                        .instance("shop/web.3", 1, 2, Phase.RUN, true)
                        .seen("shop/web.3", State.RUNNING, HOUR));
    }

    private static void inBetween(Map<String, Situation> all) {
        var draft = web(START_FIRST, A_DAY);
        all.put(
                "canary-of-another-version-replaces-the-one-before",
                both(draft, draft)
                        .stack(3, stack("shop", draft.command("three")))
                        .triedAgain("shop/web")
                        .instance("shop/web.3", 1, 2, Phase.RUN, true)
                        .seen("shop/web.3", State.RUNNING, HOUR));
        all.put(
                "canary-of-what-is-no-longer-to-be-tried",
                both(draft, service("web").replicas(2).ports(8080, 8082))
                        .tried("shop/web", Stage.APPROVAL, HOUR)
                        .instance("shop/web.1", 1, 2, Phase.RUN, true)
                        .seen("shop/web.1", State.RUNNING, HOUR));
        all.put(
                "canary-stays-and-the-old-version-starts-as-it-was",
                both(STOP_FIRST)
                        .tried("shop/web", Stage.APPROVAL, HOUR)
                        .instance("shop/web.1", 1, 2, Phase.RUN, true)
                        .seen("shop/web.1", State.RUNNING, HOUR)
                        .instance("shop/web.2", 2, 1, Phase.STOP, true)
                        .seen("shop/web.2", State.STOPPED, 60));
        all.put(
                "canary-of-a-lost-node-and-the-old-version-move-as-they-are",
                beside(Stage.APPROVAL, HOUR).seen("shop/web.3", State.RUNNING, HOUR).lost(1));
    }

    private static Stacks.Draft coloured() {
        return service("web").replicas(2).ports(8080, 8083).blueGreen(Duration.ofHours(2), A_DAY);
    }

    /** Besides both of the first version, two of the second one are well. */
    private static Situation colours(Stage stage, int seconds) {
        return both(coloured(), coloured())
                .tried("shop/web", stage, seconds)
                .instance("shop/web.3", 1, 2, Phase.RUN, true)
                .instance("shop/web.4", 2, 2, Phase.RUN, true)
                .seen("shop/web.3", State.RUNNING, HOUR)
                .seen("shop/web.4", State.RUNNING, HOUR);
    }

    private static void blueGreen(Map<String, Situation> all) {
        all.put(
                "blue-green-begins",
                both(coloured(), coloured()).tried("shop/web", Stage.TRIAL, 0));
        all.put(
                "blue-green-begins-with-more-replicas",
                both(coloured(), coloured().replicas(3).ports(8080, 8089))
                        .tried("shop/web", Stage.TRIAL, 0));
        all.put("blue-green-asks-for-approval", colours(Stage.TRIAL, HOUR));
        all.put("blue-green-waits-for-approval", colours(Stage.APPROVAL, HOUR));
        all.put("blue-green-keeps-the-old-ones", colours(Stage.KEPT, HOUR));
        all.put("blue-green-has-kept-the-old-ones-long-enough", colours(Stage.KEPT, 2 * HOUR));
        all.put("blue-green-ends-the-old-ones", colours(Stage.OPEN, 2 * HOUR));
    }

    /** What needs the service needs the published version of it. */
    private static Situation needed(Stage stage, String failing) {
        var worker = service("worker").after("web");
        return new Situation()
                .nodes(2)
                .stack(1, stack("shop", coloured().command("one"), worker))
                .stack(2, stack("shop", coloured().command("two"), worker))
                .tried("shop/web", stage, HOUR)
                .instance("shop/web.1", 1, 1)
                .instance("shop/web.2", 2, 1)
                .instance("shop/web.3", 1, 2, Phase.RUN, true)
                .instance("shop/web.4", 2, 2, Phase.RUN, true)
                .seen("shop/web.1", State.RUNNING, HOUR)
                .seen("shop/web.2", State.RUNNING, HOUR)
                .seen("shop/web.3", State.RUNNING, HOUR)
                .seen("shop/web.4", State.RUNNING, HOUR)
                .seen(failing, State.STARTING, 1)
                .instance("shop/worker.1", 2, 1, Phase.WAITING, true);
    }

    private static void blueGreenEnds(Map<String, Situation> all) {
        all.put("what-needs-it-starts-beside-a-trial", needed(Stage.APPROVAL, "shop/web.4"));
        all.put("what-needs-it-waits-for-the-published-version", needed(Stage.KEPT, "shop/web.4"));
        all.put(
                "blue-green-fails-after-the-switch",
                colours(Stage.KEPT, HOUR).crashed("shop/web.4", State.BACKOFF, 1));
        all.put(
                "blue-green-goes-back",
                colours(Stage.KEPT, HOUR)
                        .stack(3, stack("shop", coloured().command("one")))
                        .returning("shop/web"));
        all.put(
                "blue-green-of-another-version-replaces-the-one-before",
                colours(Stage.APPROVAL, HOUR)
                        .stack(3, stack("shop", coloured().command("three")))
                        .triedAgain("shop/web"));
        all.put(
                "after-a-blue-green-update-the-ordinals-stay",
                new Situation()
                        .nodes(2)
                        .stack(1, stack("shop", coloured().replicas(3).ports(8080, 8085)))
                        .instance("shop/web.3", 1, 1)
                        .instance("shop/web.4", 2, 1)
                        .seen("shop/web.3", State.RUNNING, HOUR)
                        .seen("shop/web.4", State.RUNNING, HOUR));
    }
}
