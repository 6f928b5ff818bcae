package olympus.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import olympus.foundation.Poll;
import olympus.model.json.DurationText;
import tools.jackson.databind.JsonNode;

/**
 * What Olympus has begun with stacks and not finished yet, as the server tells it at the moment of
 * asking; and the wait for its end.
 */
record UnderWay(Api api, List<String> stacks) {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private static final Set<String> STATES =
            Set.of("updating", "starting", "waiting", "unknown", "releasing", "removing");

    private static final Set<String> UNWELL = Set.of("failed", "unhealthy", "degraded", "unknown");

    /** What a node says of an engine that cannot. */
    private static final String CANNOT = "cannot change a restart policy";

    UnderWay {
        stacks = List.copyOf(stacks);
    }

    /** One line for each service of which something is under way that goes on by itself. */
    List<String> services() {
        return ours().filter(
                        one -> {
                            var state = one.path("state").asString();
                            // What is only observed is not Olympus' doing.
                            return STATES.contains(state)
                                    && !isOnlyObserved(one, state)
                                    && !waitsForApproval(one)
                                    && !hasSwitched(one);
                        })
                .map(UnderWay::line)
                .toList();
    }

    /** One line for each service whose rollout stands at a gate: for a person, or a fixed time. */
    List<String> standing() {
        return ours().filter(one -> waitsForApproval(one) || hasSwitched(one))
                .map(one ->
                        "%s: %s"
                                .formatted(
                                        one.path("service").asString(),
                                        one.path("reason").asString("")))
                .toList();
    }

    static boolean waitsForApproval(JsonNode service) {
        return isAt("approval", service);
    }

    /** Its new version has taken over, and what is left of the old one is only kept for a while. */
    static boolean hasSwitched(JsonNode service) {
        return isAt("switched", service);
    }

    private static boolean isAt(String stage, JsonNode service) {
        return service.path("rollout").path("stage").asString("").equals(stage)
                && service.path("state").asString("").equals("updating");
    }

    private Stream<JsonNode> ours() {
        return api.list("/services", "services")
                .path("services")
                .valueStream()
                .filter(one ->
                        stacks.stream()
                                .anyMatch(stack ->
                                        one.path("service").asString().startsWith(stack + "/")));
    }

    /** One line for each service that Olympus looks after and that is not well. */
    List<String> unwell() {
        return ours().filter(one -> UNWELL.contains(one.path("state").asString()))
                .filter(one -> !one.path("mode").asString().equals("observe"))
                .map(UnderWay::line)
                .toList();
    }

    private static boolean isOnlyObserved(JsonNode service, String state) {
        return service.path("mode").asString().equals("observe")
                && Set.of("starting", "waiting", "unknown").contains(state);
    }

    private static String line(JsonNode service) {
        var id = service.path("service").asString();
        var state = service.path("state").asString();
        var reason = service.path("reason").asString("");
        return reason.isEmpty()
                ? "%s is %s".formatted(id, state)
                : "%s is %s: %s".formatted(id, state, reason);
    }

    /** Fails when there is none of a name. */
    void requireKnown() {
        var known =
                StreamSupport.stream(
                                api.list("/stacks", "stacks").path("stacks").spliterator(), false)
                        .map(one -> one.path("stack").asString())
                        .collect(Collectors.toSet());
        for (var stack : stacks) {
            if (!known.contains(stack)) {
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        "there is no stack \"%s\" (any more); olympus stacks lists them"
                                .formatted(stack));
            }
        }
    }

    /** The stacks that are being released or removed and not forgotten yet, and why. */
    List<String> leaving() {
        var listed =
                StreamSupport.stream(
                                api.list("/stacks", "stacks").path("stacks").spliterator(), false)
                        .map(one -> one.path("stack").asString())
                        .filter(stacks::contains)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        var lines = new ArrayList<>(listed.isEmpty() ? List.<String>of() : services());
        for (var stack : listed) {
            if (lines.stream().noneMatch(line -> line.startsWith(stack + "/"))) {
                lines.add("stack %s is about to be forgotten".formatted(stack));
            }
        }
        return lines;
    }

    /**
     * The containers whose engine restarts them still, although Olympus is to do that, and those of
     * which that is not known.
     *
     * @param forever told of what stays so, as the engine cannot change it: not waited for
     */
    List<String> policies(Consumer<String> forever) {
        var lines = new ArrayList<String>();
        for (var stack : stacks) {
            var body = api.get("/stacks/" + Api.escape(stack) + "/differences").body();
            for (var one : body.path("differences")) {
                if (one.path("path").asString().equals("restart")) {
                    var id = one.path("instance").asString();
                    var policy = one.path("observed").asString("no");
                    if (isUnchangeable(id)) {
                        forever.accept(
                                "%s: its engine cannot change the restart policy, which stays \"%s\"; both restart it"
                                        .formatted(id, policy));
                    } else {
                        lines.add(
                                "%s: its engine's restart policy is still \"%s\""
                                        .formatted(id, policy));
                    }
                }
            }
            for (var one : body.path("notCompared")) {
                var id = one.path("instance").asString();
                // Without a container, as when it cannot be started, there is nothing to hand over.
                if (isRunning(id)) {
                    lines.add(
                            "%s: whether its engine leaves restarting to Olympus is not known: %s"
                                    .formatted(id, one.path("reason").asString()));
                }
            }
        }
        return lines;
    }

    private boolean isRunning(String instance) {
        return seen(instance).anyMatch(one -> one.path("pid").asLong(0) != 0);
    }

    /** What the agents report of an instance. */
    private Stream<JsonNode> seen(String instance) {
        return api.list("/services", "services")
                .path("services")
                .valueStream()
                .flatMap(service -> service.path("instances").valueStream())
                .filter(one -> one.path("instance").asString().equals(instance));
    }

    /** Whether the node of an instance says that its engine cannot. */
    private boolean isUnchangeable(String instance) {
        var nodes =
                seen(instance).map(one -> one.path("node").asString()).collect(Collectors.toSet());
        for (var node : api.list("/nodes", "nodes").path("nodes")) {
            for (var problem : node.path("problems")) {
                if (nodes.contains(node.path("node").asString())
                        && problem.asString().contains(CANNOT)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Waits until {@code look} finds nothing.
     *
     * @param progress told each line once
     * @return what is still under way at the deadline; empty when nothing is
     */
    static List<String> await(
            Duration patience, Supplier<List<String>> look, Consumer<String> progress) {
        var said = new LinkedHashSet<String>();
        var last = new ArrayList<String>();
        var done =
                Poll.within(
                        patience,
                        LOOK_AGAIN,
                        () -> {
                            last.clear();
                            last.addAll(look.get());
                            last.stream().filter(said::add).forEach(progress);
                            return last.isEmpty() ? Optional.of(true) : Optional.empty();
                        });
        return done.isPresent() ? List.of() : last;
    }

    /** Says what is under way at this moment, and how to wait for it. */
    void tell(Session session, CommonOptions options, String again) {
        if (options.output != OutputFormat.TABLE) {
            return;
        }
        try {
            var lines = services();
            if (!lines.isEmpty()) {
                session.say("still under way; `%s` waits for it:".formatted(again));
                lines.forEach(line -> session.say("  " + line));
            }
            standing().forEach(session::say);
        } catch (CommandFailure unknown) {
            // What was ordered is done all the same.
            session.remark("what is still under way is not known: " + unknown.getMessage());
        }
    }

    /** For what is not done at the deadline. */
    static CommandFailure notDone(String what, Duration patience, List<String> left, String again) {
        return new CommandFailure(
                ExitCodes.FAILED,
                "%s, but not done within %s; it goes on by itself, `%s` waits on%n%s"
                        .formatted(
                                what,
                                DurationText.format(patience),
                                again,
                                left.stream()
                                        .map(line -> "  " + line)
                                        .collect(Collectors.joining("%n".formatted()))));
    }
}
