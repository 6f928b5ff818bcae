package olympus.agent.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import olympus.model.stack.Workload;

/**
 * What a machine takes from its island, a rule on each line; what no line allows it does not start.
 *
 * <pre>
 *   container nginx                              # any tag of this image, with nothing of the machine
 *   container registry.example/render/* --gpus --bind /srv/render
 *   container portainer/agent:2.21 --privileged  # whatever it asks for
 *   process render                               # processes of this user
 *   process *                                    # of any user
 *   unit nginx.service
 *   *                                            # everything
 * </pre>
 *
 * <p>Pure, immutable.
 */
final class AllowedWorkloads {

    private static final String ANY = "*";

    private final List<Rule> rules;

    private AllowedWorkloads(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** What is asked of a machine, in the words of a rule. */
    private enum Kind {
        CONTAINER,
        PROCESS,
        UNIT,
        EVERYTHING
    }

    /**
     * @param pattern of an image, a user or a unit
     * @param binds folders of the machine that may be seen, with what is below them
     */
    private record Rule(
            Kind kind,
            String pattern,
            List<Path> binds,
            boolean hostNetwork,
            boolean gpus,
            boolean privileged) {

        static Rule plain(Kind kind, String pattern) {
            return new Rule(kind, pattern, List.of(), false, false, false);
        }

        /** Of what a container wants of the machine, that which this does not allow. */
        List<String> missing(ContainerWants wants, UnaryOperator<Path> real) {
            if (privileged) {
                return List.of();
            }
            var missing = new ArrayList<String>();
            wants.binds().stream()
                    .filter(bind ->
                            binds.stream()
                                    .noneMatch(it -> real.apply(bind).startsWith(real.apply(it))))
                    .forEach(bind -> missing.add("--bind " + bind));
            if (!hostNetwork) {
                wants.network().map("--host-network (%s)"::formatted).ifPresent(missing::add);
            }
            if (!gpus && wants.gpus()) {
                missing.add("--gpus");
            }
            if (!wants.privileges().isEmpty()) {
                missing.add("--privileged (%s)".formatted(String.join(", ", wants.privileges())));
            }
            return missing;
        }
    }

    /** Throws {@link IllegalArgumentException} with the line that is no rule. */
    static AllowedWorkloads parse(String text) {
        return new AllowedWorkloads(AllowLines.parse(text, AllowedWorkloads::rule));
    }

    private static Rule rule(List<AllowLines.Word> words) {
        var first = words.getFirst().text();
        if (first.equals(ANY) && words.size() == 1) {
            return Rule.plain(Kind.EVERYTHING, ANY);
        }
        if (words.size() >= 2) {
            var pattern = words.get(1).text();
            if (first.equals("container") && !pattern.startsWith("-")) {
                return container(pattern, words.subList(2, words.size()));
            }
            if (words.size() == 2 && first.equals("process")) {
                return Rule.plain(Kind.PROCESS, pattern);
            }
            if (words.size() == 2 && first.equals("unit")) {
                return Rule.plain(Kind.UNIT, pattern);
            }
        }
        throw new IllegalArgumentException(
                "\"%s\" is no rule; expected container IMAGE [--bind DIR] [--host-network] [--gpus] [--privileged], process USER, unit NAME, or * alone"
                        .formatted(
                                String.join(
                                        " ", words.stream().map(AllowLines.Word::text).toList())));
    }

    private static Rule container(String image, List<AllowLines.Word> options) {
        var binds = new ArrayList<Path>();
        var hostNetwork = false;
        var gpus = false;
        var privileged = false;
        for (var at = 0; at < options.size(); at++) {
            var option = options.get(at).text();
            switch (option) {
                case "--bind" -> {
                    at++;
                    binds.add(folder(at < options.size() ? options.get(at).text() : ""));
                }
                case "--host-network" -> hostNetwork = true;
                case "--gpus" -> gpus = true;
                case "--privileged" -> privileged = true;
                default ->
                        throw new IllegalArgumentException(
                                "\"%s\" is not known; expected --bind DIR, --host-network, --gpus or --privileged"
                                        .formatted(option));
            }
        }
        return new Rule(Kind.CONTAINER, image, binds, hostNetwork, gpus, privileged);
    }

    private static Path folder(String text) {
        if (!text.startsWith("/") || !Path.of(text).normalize().toString().equals(text)) {
            throw new IllegalArgumentException(
                    "--bind \"%s\"; expected an absolute path without . and ..".formatted(text));
        }
        return Path.of(text);
    }

    /**
     * Why this machine does not take it, as the end of a sentence; empty when it does.
     *
     * @param user the agent's own, for processes that name none
     * @param real where a path really is, links followed
     */
    Optional<String> refusal(Workload workload, String user, UnaryOperator<Path> real) {
        return switch (workload) {
            case Workload.Process process ->
                    refusal(Kind.PROCESS, "process " + process.user().orElse(user));
            case Workload.Unit unit -> refusal(Kind.UNIT, "unit " + unit.name());
            case Workload.Container container -> refusal(container, real);
        };
    }

    private Optional<String> refusal(Kind kind, String wanted) {
        var name = wanted.substring(wanted.indexOf(' ') + 1);
        return rules.stream()
                        .anyMatch(rule ->
                                rule.kind() == Kind.EVERYTHING
                                        || (rule.kind() == kind && matches(rule.pattern(), name)))
                ? Optional.empty()
                : Optional.of("no line is \"%s\"".formatted(wanted));
    }

    private Optional<String> refusal(Workload.Container container, UnaryOperator<Path> real) {
        var wants = ContainerWants.of(container);
        var image = container.image().reference();
        var nearest = Optional.<List<String>>empty();
        for (var rule : rules) {
            if (rule.kind() == Kind.EVERYTHING) {
                return Optional.empty();
            }
            if (rule.kind() == Kind.CONTAINER && ImagePattern.of(rule.pattern()).matches(image)) {
                var missing = rule.missing(wants, real);
                if (missing.isEmpty()) {
                    return Optional.empty();
                }
                if (nearest.isEmpty() || missing.size() < nearest.get().size()) {
                    nearest = Optional.of(missing);
                }
            }
        }
        return Optional.of(
                nearest.map(missing ->
                                "it allows the image %s only without %s"
                                        .formatted(image, String.join(" ", missing)))
                        .orElseGet(() -> "no line allows the image %s".formatted(image)));
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith(ANY)
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
