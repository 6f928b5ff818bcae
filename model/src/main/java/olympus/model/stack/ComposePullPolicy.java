package olympus.model.stack;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import olympus.model.json.EnumWords;
import olympus.model.stack.container.Image.PullPolicy;

/** Reads Compose's {@code pull_policy}. */
final class ComposePullPolicy {

    private static final String EVERY = "every_";
    private static final Duration WEEK = Duration.ofDays(7);

    private ComposePullPolicy() {}

    static Shape<Located<PullPolicy>> shape() {
        var words = new LinkedHashMap<String, PullPolicy>(EnumWords.of(PullPolicy.class));
        words.put("if_not_present", PullPolicy.MISSING);
        var word = Shapes.word(words);
        return Shapes.located(
                Shapes.of(
                        word.words() + ", every_<duration>",
                        Map.of(),
                        (value, place, problems) ->
                                value instanceof YamlValue.Scalar s && isTimed(s.text())
                                        ? timed(s.text(), place, problems)
                                        : word.read(value, problems)));
    }

    private static boolean isTimed(String text) {
        return text.equals("refresh")
                || (text.startsWith(EVERY)
                        && ComposeShapes.duration(text.substring(EVERY.length())).isPresent());
    }

    private static Optional<PullPolicy> timed(String text, Place place, ProblemLog problems) {
        var every =
                text.startsWith(EVERY)
                        ? ComposeShapes.duration(text.substring(EVERY.length())).orElse(WEEK)
                        : Duration.ofDays(1);
        var policy = every.compareTo(WEEK) < 0 ? PullPolicy.DAILY : PullPolicy.WEEKLY;
        problems.warning(place, "pull_policy \"%s\" counts as %s".formatted(text, policy.word()));
        return Optional.of(policy);
    }
}
