package olympus.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A stack's coming under {@code manage}: what that does, a person's consent to it, and its end. */
record Takeover(Session session, Api api, String stack) {

    /**
     * Shows what would be done, and asks where that is more than to let things go on.
     *
     * @return the headers with which the order is for what was shown, and nothing else
     */
    Map<String, String> consent(boolean yes, CommonOptions options) {
        var answer = api.get("/stacks/" + Api.escape(stack) + "/handover");
        consent(answer.body().path("instances"), yes, options, "nothing was changed");
        return answer.etag().map(tag -> Map.of("If-Match", tag)).orElse(Map.of());
    }

    /**
     * The same for what a plan tells.
     *
     * @param steps what is done to each instance
     * @param refused said where there is no consent
     */
    void consent(JsonNode steps, boolean yes, CommonOptions options, String refused) {
        var done = new ArrayList<JsonNode>();
        var kept = 0;
        for (var one : steps) {
            if (one.path("action").asString().equals("keep")) {
                kept++;
            } else {
                done.add(one);
            }
        }
        if (options.output == OutputFormat.TABLE) {
            show(done, kept);
        }
        if (!done.isEmpty() && !yes) {
            ask(refused);
        }
    }

    private void show(List<JsonNode> done, int kept) {
        if (!done.isEmpty()) {
            session.say("mode manage of stack %s does this at once:".formatted(stack));
            var table = new Table("INSTANCE", "NODE", "WHAT", "WHY");
            for (var one : done) {
                table.row(
                        one.path("instance").asString(),
                        one.path("node").asString(),
                        one.path("action").asString(),
                        one.path("why").asString());
            }
            table.print(session.console().out());
        }
        if (kept > 0) {
            session.say(
                    "%d instance(s) go on as they are; of containers the engine's restart policy becomes \"no\", as Olympus restarts them"
                            .formatted(kept));
        }
    }

    private void ask(String refused) {
        if (!session.console().interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    refused + ": say --yes to have that done without being asked");
        }
        if (!session.console().confirm("Manage stack " + stack + "?")) {
            throw new CommandFailure(ExitCodes.REFUSED, refused);
        }
    }

    /** Waits until what follows is done and the engines leave restarting to Olympus. */
    void await(Duration patience) {
        var underWay = new UnderWay(api, List.of(stack));
        var told = new HashSet<String>();
        var left =
                UnderWay.await(
                        patience,
                        () -> {
                            var lines = new ArrayList<>(underWay.services());
                            lines.addAll(
                                    underWay.policies(line -> {
                                        if (told.add(line)) {
                                            session.remark(line);
                                        }
                                    }));
                            return lines;
                        },
                        session::remark);
        if (!left.isEmpty()) {
            throw UnderWay.notDone(
                    "stack %s is in mode manage".formatted(stack),
                    patience,
                    left,
                    "olympus wait " + stack);
        }
    }
}
