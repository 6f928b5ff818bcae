package olympus.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import olympus.foundation.Poll;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes over Compose folders that run already: first everything is only watched and matched to what
 * runs; a stack of which every instance was found running is then managed, unless {@code --observe}
 * leaves that to a later {@code olympus mode}. Nothing is restarted or recreated.
 */
@Command(
        description = {
            "Takes over Compose folders that run already, without restarting or recreating anything: containers are found by their Compose labels and names.",
            "Each folder becomes a stack in mode observe. One of which everything runs as declared is then managed; the others stay observed, with the reason. olympus mode changes that, olympus release gives everything back."
        },
        footer = "%nExamples:%n  olympus adopt ~/compose --observe%n  olympus adopt ~/compose/shop")
final class AdoptCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(
            paramLabel = "DIR",
            description = "a Compose folder, or a folder whose subfolders are Compose folders")
    private Path directory = Path.of(".");

    @Option(names = "--observe", description = "Only watch; manage nothing yet.")
    private boolean observe;

    AdoptCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var found = ComposeFolders.read(directory, session);
        var known = modes(api).keySet();
        found.forEach(one -> declare(api, one, known.contains(name(one))));
        var looked = found.stream().map(one -> look(api, one)).toList();
        looked.stream()
                .filter(one -> !observe && one.isWell() && goesOnAsItIs(api, one.name()))
                .forEach(one -> manage(api, one.name()));
        var modes = modes(api);
        var document = JSON.createObjectNode();
        var stacks = document.putArray("stacks");
        looked.forEach(one -> stacks.add(result(one, modes.getOrDefault(one.name(), ""))));
        session.print(options, document, body -> body.path("stacks").forEach(this::tell));
        return ExitCodes.OK;
    }

    /** A folder and what the agent found of it, once it has told of every instance. */
    private record Looked(
            String name,
            ComposeFolders.Found folder,
            Optional<JsonNode> seen,
            List<String> missing) {

        /** All of it runs and could be managed. */
        boolean isWell() {
            return folder.refused().isEmpty() && seen.isPresent() && missing.isEmpty();
        }
    }

    private static String name(ComposeFolders.Found found) {
        return found.stack().definition().name().value();
    }

    private static void declare(Api api, ComposeFolders.Found found, boolean known) {
        // Of what is known already the files may have changed, who may touch it has not.
        var path = "/stacks/" + Api.escape(name(found)) + (known ? "" : "?mode=observe");
        api.put(path, StackFiles.body(found.stack()), Map.of());
    }

    private static Looked look(Api api, ComposeFolders.Found found) {
        var name = name(found);
        var seen = Poll.within(SEEN_WITHIN, LOOK_AGAIN, () -> seen(api, name));
        return new Looked(name, found, seen, missing(seen));
    }

    private static void manage(Api api, String name) {
        var mode = JSON.createObjectNode().put("mode", "manage");
        api.put("/stacks/" + Api.escape(name) + "/mode", mode, Map.of());
    }

    private static ObjectNode result(Looked looked, String mode) {
        var result = JSON.createObjectNode().put("stack", looked.name());
        result.put("mode", mode);
        result.put("directory", looked.folder().stack().definition().directory());
        var services = result.putArray("services");
        looked.seen().ifPresent(list -> list.forEach(services::add));
        var reasons = result.putArray("notRunning");
        looked.missing().forEach(reasons::add);
        result.put("seen", looked.seen().isPresent());
        result.put("notManageable", looked.folder().refused());
        return result;
    }

    /** Managing it changes nothing at once. */
    private static boolean goesOnAsItIs(Api api, String name) {
        var handover = api.get("/stacks/" + Api.escape(name) + "/handover").body();
        return StreamSupport.stream(handover.path("instances").spliterator(), false)
                .allMatch(one -> one.path("action").asString().equals("keep"));
    }

    /** By stack. */
    private static Map<String, String> modes(Api api) {
        return StreamSupport.stream(
                        api.list("/stacks", "stacks").path("stacks").spliterator(), false)
                .collect(
                        Collectors.toMap(
                                one -> one.path("stack").asString(),
                                one -> one.path("mode").asString(),
                                (one, _) -> one));
    }

    /** Its services, once the agent has said of every instance what it found. */
    private static Optional<JsonNode> seen(Api api, String name) {
        var services = api.list("/services/" + Api.escape(name), "services").path("services");
        for (var service : services) {
            var wanted = service.path("desired").asInt();
            var reported = 0;
            for (var instance : service.path("instances")) {
                reported += instance.path("state").asString().equals("pending") ? 0 : 1;
            }
            if (reported < wanted) {
                return Optional.empty();
            }
        }
        return Optional.of(services);
    }

    /** Which instances were not found running, and as what they were found. */
    private static List<String> missing(Optional<JsonNode> seen) {
        var missing = new ArrayList<String>();
        seen.ifPresent(services -> {
            for (var service : services) {
                for (var instance : service.path("instances")) {
                    if (!instance.path("state").asString().equals("running")) {
                        missing.add(
                                "%s: %s"
                                        .formatted(
                                                instance.path("instance").asString(),
                                                instance.path("reason").asString()));
                    }
                }
            }
        });
        return missing;
    }

    private void tell(JsonNode stack) {
        var name = stack.path("stack").asString();
        var running = 0;
        for (var service : stack.path("services")) {
            running += service.path("running").asInt();
        }
        session.say(
                "%s: %d running as found, nothing restarted; mode %s"
                        .formatted(name, running, stack.path("mode").asString()));
        stack.path("notRunning").forEach(one -> session.say("  not running: " + one.asString()));
        var refused = stack.path("notManageable").asString();
        if (!refused.isEmpty()) {
            session.say("  cannot be managed yet, and is left out:");
            refused.lines().forEach(line -> session.say("    " + line));
        }
        if (!stack.path("seen").asBoolean()) {
            session.say(
                    "  the agent has not told of every instance within %d s; look again: olympus status %s"
                            .formatted(SEEN_WITHIN.toSeconds(), name));
        }
        if (!stack.path("mode").asString().equals("manage")) {
            session.say(
                    "  to have it kept running, and what does not run started: olympus mode %s manage"
                            .formatted(name));
        }
    }
}
