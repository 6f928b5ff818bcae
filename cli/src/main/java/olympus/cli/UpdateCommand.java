package olympus.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import olympus.model.json.DurationText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Newer images of a stack: shows them, takes them, and tells how that went. */
@Command(
        description = {
            "Shows which newer images the registries offer for a stack, and takes them: each service is rolled over by its update policy and watched; one that is not well with its new image goes back to the revision before by itself. Volumes are not touched.",
            "Newer is what the same tag stands for now, and tags of the same shape with a higher version (1.25-alpine: 1.27-alpine); another major version only with --major or --to. Registries are asked by the node that runs the service, with what `docker login` left there.",
            "Your files stay as they are: afterwards it names the lines to change, or changes them with --write. `olympus rollback STACK` goes back."
        },
        footer = {
            "%nExamples:%n  olympus update blog --check",
            "  olympus update blog web --to web=1.27-alpine",
            "  olympus update blog --digests-only --yes --write ."
        })
final class UpdateCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(index = "0", paramLabel = "STACK", description = "the stack's name")
    private String stack = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "SERVICE",
            description = "only these services of the stack")
    private List<String> services = new ArrayList<>();

    @Option(names = "--check", description = "Only show.")
    private boolean check;

    @Option(
            names = "--exit-code",
            description = "With --check: end with 5 when there is something newer to take.")
    private boolean exitCode;

    @Option(
            names = "--to",
            paramLabel = "SERVICE=TAG",
            description = "This tag for that service, whatever its version. Repeatable.")
    private Map<String, String> to = new TreeMap<>();

    @Option(
            names = "--digests-only",
            description = "Only what the declared tags stand for now, no other tags.")
    private boolean digestsOnly;

    @Option(names = "--major", description = "Also versions of another major number.")
    private boolean major;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(
            names = "--write",
            paramLabel = "DIR",
            description =
                    "Write the new images into the stack's files in this folder, once they have proved well.")
    private @Nullable String write;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "15m",
            description = "How long to wait for the outcome (default: ${DEFAULT-VALUE}).")
    private String wait = "15m";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    UpdateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var name = GivenNames.stack(stack);
        var patience = patience();
        var api = session.patientApi(options);
        var offered = api.get(path(name) + query()).body();
        var wish = new UpdateChoice.Wish(digestsOnly, major);
        var choices =
                StreamSupport.stream(offered.path("images").spliterator(), false)
                        .map(image -> UpdateChoice.of(image, wish))
                        .toList();
        refuseWhatIsNotThere(choices);
        var taken = new TreeMap<String, String>();
        choices.forEach(one -> one.target().ifPresent(image -> taken.put(one.service(), image)));
        if (check || taken.isEmpty()) {
            session.print(options, document(offered, choices), _ -> show(offered, choices));
            return check && exitCode && !taken.isEmpty() ? ExitCodes.DIFFERS : ExitCodes.OK;
        }
        if (options.output == OutputFormat.TABLE) {
            show(offered, choices);
        }
        consent(taken);
        var body = JSON.createObjectNode();
        var images = body.putObject("images");
        taken.forEach(images::put);
        var headers = Map.of("If-Match", "\"%d\"".formatted(offered.path("revision").asLong()));
        var plan = api.post(path(name), body, headers).body();
        var outcome = new UpdateOutcome(api, name, taken, plan.path("revision").asLong());
        var told = outcome.await(patience, this::say);
        session.print(options, told.document(), _ -> told.lines().forEach(session::say));
        new UpdatedFiles(session, write).tell(api, name, taken, told.updated());
        return told.isWhole() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void say(String line) {
        if (options.output == OutputFormat.TABLE) {
            session.say(line);
        }
    }

    private Duration patience() {
        return DurationText.parse(wait)
                .orElseThrow(() ->
                        new ParameterException(
                                spec.commandLine(),
                                "--wait \"%s\" is no duration; expected %s"
                                        .formatted(wait, DurationText.EXPECTED)));
    }

    private static String path(String stack) {
        return "/stacks/" + Api.escape(stack) + "/images";
    }

    private String query() {
        var parts = new ArrayList<String>();
        var asked = new ArrayList<>(services);
        if (services.isEmpty() && !to.isEmpty()) {
            asked.addAll(to.keySet());
        }
        if (!asked.isEmpty()) {
            parts.add("only=" + Api.escape(String.join(",", asked)));
        }
        if (!to.isEmpty()) {
            var tags = new ArrayList<String>();
            to.forEach((service, tag) -> tags.add(service + "=" + tag));
            parts.add("to=" + Api.escape(String.join(",", tags)));
        }
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    /** What was asked for by name and is not to be had is no reason to take something else. */
    private void refuseWhatIsNotThere(List<UpdateChoice> choices) {
        for (var choice : choices) {
            var wanted = to.get(choice.service());
            if (wanted != null
                    && choice.target().map(UpdateChoice::tag).filter(wanted::equals).isEmpty()
                    && !UpdateChoice.tag(choice.reference()).equals(wanted)) {
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        "nothing was updated: %s cannot have the tag %s: %s"
                                .formatted(choice.service(), wanted, choice.newer()));
            }
        }
    }

    private static JsonNode document(JsonNode offered, List<UpdateChoice> choices) {
        var document = JSON.createObjectNode();
        document.put("stack", offered.path("stack").asString());
        document.put("revision", offered.path("revision").asLong());
        document.set("images", offered.path("images"));
        var taken = document.putObject("wouldTake");
        choices.forEach(one -> one.target().ifPresent(image -> taken.put(one.service(), image)));
        return document;
    }

    private void show(JsonNode offered, List<UpdateChoice> choices) {
        var running = new TreeMap<String, String>();
        for (var image : offered.path("images")) {
            running.put(
                    image.path("service").asString(),
                    UpdateChoice.cut(image.path("running").asString("")));
        }
        var table = new Table("SERVICE", "IMAGE", "RUNNING", "NEWER");
        for (var one : choices) {
            var digest = running.getOrDefault(one.service(), "");
            table.row(
                    one.service(),
                    UpdateChoice.shown(one.reference()),
                    digest.isEmpty() ? "-" : digest,
                    one.newer());
        }
        table.print(session.console().out());
        if (choices.stream().allMatch(one -> one.target().isEmpty())) {
            session.say("nothing newer to take");
        }
        session.console().out().flush();
    }

    private void consent(Map<String, String> taken) {
        if (yes) {
            return;
        }
        taken.forEach((service, image) ->
                say("would update %s to %s".formatted(service, UpdateChoice.shown(image))));
        if (!session.console().interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was updated: say --yes to update without being asked");
        }
        if (!session.console().confirm("Update " + String.join(", ", taken.keySet()) + "?")) {
            throw new CommandFailure(ExitCodes.REFUSED, "nothing was updated");
        }
    }
}
