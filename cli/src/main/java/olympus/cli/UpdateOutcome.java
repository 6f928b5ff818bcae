package olympus.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import olympus.foundation.Poll;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How an order of other images goes: waits until each service has its new image and is well, or has
 * gone back.
 *
 * @param images as ordered, by service
 * @param revision that holds the order
 */
record UpdateOutcome(Api api, String stack, Map<String, String> images, long revision) {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /**
     * States in which an update is over and done; stopped by hand: it has the image from its start.
     */
    private static final Set<String> WELL = Set.of("running", "completed", "stopped");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What became of it.
     *
     * @param updated services that have their new image
     * @param isWhole whether that is all of them
     */
    record Told(JsonNode document, List<String> lines, Set<String> updated, boolean isWhole) {}

    /**
     * @param progress told in words, when something changes
     */
    Told await(Duration patience, Consumer<String> progress) {
        var said = new LinkedHashSet<String>();
        var settled = Poll.within(patience, LOOK_AGAIN, () -> settled(said, progress));
        var services = settled.orElseGet(this::services);
        var document = JSON.createObjectNode();
        document.put("stack", stack);
        document.put("revision", revision);
        var list = document.putArray("services");
        var lines = new ArrayList<String>();
        var updated = new LinkedHashSet<String>();
        var current = api.get("/stacks/" + Api.escape(stack)).body();
        for (var entry : images.entrySet()) {
            var service = entry.getKey();
            var seen = Optional.ofNullable(services.get(service));
            var outcome = outcome(service, current, seen);
            list.addObject()
                    .put("service", service)
                    .put("image", entry.getValue())
                    .put("outcome", outcome.word())
                    .put("reason", outcome.reason());
            lines.add("%s/%s: %s".formatted(stack, service, outcome.sentence(entry.getValue())));
            if (outcome.word().equals(Outcome.UPDATED)) {
                updated.add(service);
            }
        }
        if (updated.size() == images.size()) {
            lines.add(
                    "updated, as revision %d; `olympus rollback %s` goes back"
                            .formatted(revision, stack));
        }
        return new Told(document, lines, updated, updated.size() == images.size());
    }

    /**
     * @param word {@code updated}, {@code went back}, {@code is tried} (its new version waits for
     *     approval) or {@code unknown}
     */
    private record Outcome(String word, String reason) {
        static final String UPDATED = "updated";

        String sentence(String image) {
            return word.equals(UPDATED)
                    ? "updated to " + UpdateChoice.shown(image)
                    : word + (reason.isEmpty() ? "" : ": " + reason);
        }
    }

    private Outcome outcome(String service, JsonNode current, Optional<JsonNode> seen) {
        var image =
                current.path("services")
                        .path(service)
                        .path("workload")
                        .path("image")
                        .path("reference")
                        .asString("");
        if (!image.equals(images.get(service))) {
            return wentBack(service);
        }
        var state = seen.map(one -> one.path("state").asString()).orElse("unknown");
        var reason = seen.map(one -> one.path("reason").asString("")).orElse("");
        if (seen.filter(UnderWay::waitsForApproval).isPresent()) {
            return new Outcome("is tried", reason);
        }
        if (seen.filter(UnderWay::hasSwitched).isPresent()) {
            return new Outcome(Outcome.UPDATED, "");
        }
        if (isUnderWay(state)) {
            return new Outcome(
                    "still under way", "see `olympus why %s/%s`".formatted(stack, service));
        }
        return WELL.contains(state)
                ? new Outcome(Outcome.UPDATED, "")
                : new Outcome("has the new image and is " + state, reason);
    }

    /** The revision that took it back says why. */
    private Outcome wentBack(String service) {
        var revisions = api.get("/stacks/" + Api.escape(stack) + "/revisions").body();
        for (var one : revisions.path("revisions")) {
            var returned = one.path("returned");
            if (one.path("revision").asLong() > revision
                    && returned.path("service").asString("").equals(stack + "/" + service)) {
                return new Outcome(
                        "went back to revision " + returned.path("toRevision").asLong(),
                        returned.path("reason").asString(""));
            }
        }
        return new Outcome(
                "declared otherwise meanwhile", "see `olympus history %s`".formatted(stack));
    }

    /** By name, once nothing of it is under way any more. */
    private Optional<Map<String, JsonNode>> settled(Set<String> said, Consumer<String> progress) {
        var services = services();
        var settled = true;
        for (var service : images.keySet()) {
            var seen =
                    Optional.ofNullable(services.get(service))
                            .filter(one -> one.path("revision").asLong() >= revision);
            var reason =
                    seen.filter(one -> isUnderWay(one.path("state").asString()))
                            .filter(one ->
                                    !UnderWay.waitsForApproval(one) && !UnderWay.hasSwitched(one))
                            .map(one -> one.path("reason").asString(""));
            reason.map(why -> "%s/%s: %s".formatted(stack, service, why))
                    .filter(said::add)
                    .ifPresent(progress);
            settled &= seen.isPresent() && reason.isEmpty();
        }
        return settled ? Optional.of(services) : Optional.empty();
    }

    private static boolean isUnderWay(String state) {
        return Set.of("updating", "starting", "waiting", "unknown").contains(state);
    }

    private Map<String, JsonNode> services() {
        var services = new java.util.TreeMap<String, JsonNode>();
        for (var one : api.list("/services", "services").path("services")) {
            var id = one.path("service").asString();
            if (id.startsWith(stack + "/")) {
                services.put(id.substring(stack.length() + 1), one);
            }
        }
        return services;
    }
}
