package olympus.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a volume once its name was typed. */
@Command(
        description = {
            "Removes a volume and all that is in it, for good.",
            "Its name has to be typed once more. Nothing is removed while a container has it or an applied stack declares it."
        })
final class VolumeRemoveCommand implements Callable<Integer> {

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "the volume, as olympus volumes shows it")
    private String volume = "";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "Its node; needed where several nodes have a volume of this name.")
    private @Nullable String node;

    @Option(
            names = "--confirm",
            paramLabel = "NAME",
            description = "The name once more, in place of typing it when asked.")
    private @Nullable String confirmed;

    VolumeRemoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var api = session.api(options);
        var on = Optional.ofNullable(node).orElseGet(() -> onlyNode(api));
        var typed = Optional.ofNullable(confirmed).orElseGet(() -> typed(on));
        if (!typed.equals(volume)) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was removed: \"%s\" is not the volume's name, %s"
                            .formatted(typed, volume));
        }
        var answer =
                api.delete(
                        "/volumes/%s/%s%s"
                                .formatted(
                                        Api.escape(on),
                                        Api.escape(volume),
                                        Api.query(Map.of("confirm", Optional.of(typed)))));
        session.print(
                options,
                answer.body(),
                body -> session.say("removed volume %s on node %s".formatted(volume, on)));
        return ExitCodes.OK;
    }

    private String onlyNode(Api api) {
        var nodes = new ArrayList<String>();
        var answer = api.get("/volumes").body();
        for (var one : answer.path("volumes")) {
            if (one.path("volume").asString().equals(volume)) {
                nodes.add(one.path("node").asString());
            }
        }
        if (nodes.size() == 1) {
            return nodes.getFirst();
        }
        var problems = new ArrayList<String>();
        answer.path("problems").forEach(problem -> problems.add(problem.asString()));
        throw new CommandFailure(
                ExitCodes.FAILED,
                nodes.isEmpty()
                        ? "there is no volume \"%s\" (olympus volumes lists them)%s"
                                .formatted(
                                        volume,
                                        problems.isEmpty()
                                                ? ""
                                                : "; not asked: " + String.join(", ", problems))
                        : "several nodes have a volume \"%s\": give one with --node: %s"
                                .formatted(volume, String.join(", ", nodes)));
    }

    private String typed(String on) {
        if (!session.console().interactive()) {
            throw new CommandFailure(
                    ExitCodes.REFUSED,
                    "nothing was removed: without a terminal give the volume's name once more, --confirm %s"
                            .formatted(volume));
        }
        var out = session.console().out();
        out.println(
                "This removes volume %s on node %s and all that is in it. There is no way back."
                        .formatted(volume, on));
        out.print("Type the volume's name to go on: ");
        out.flush();
        try {
            var line = session.console().in().readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
