package olympus.cli;

import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What to update a service to, of what its registry offers. Pure.
 *
 * @param service its name within the stack
 * @param reference as declared
 * @param target reference with tag and digest; empty when there is nothing to take
 * @param newer what there is, in words
 */
record UpdateChoice(String service, String reference, Optional<String> target, String newer) {

    private static final int SHORT_DIGEST = 19;

    /**
     * @param digestsOnly only what the declared tag stands for now
     * @param major also versions of another major number
     */
    record Wish(boolean digestsOnly, boolean major) {}

    static UpdateChoice of(JsonNode image, Wish wish) {
        var reference = image.path("reference").asString();
        var offered = image.path("offered").asString("");
        var digest =
                offered.isEmpty() || offered.equals(image.path("running").asString(""))
                        ? Optional.<String>empty()
                        : Optional.of(pinned(reference, tag(reference), offered));
        var asked = newer(image, "asked");
        var other = newer(image, "major");
        var same = newer(image, "");
        var newest = (wish.major() ? other.or(() -> same) : same).or(() -> digest);
        var target = asked.or(() -> wish.digestsOnly() ? digest : newest);
        return new UpdateChoice(
                image.path("service").asString(),
                reference,
                target.filter(found -> !found.equals(reference)),
                words(image, digest.isPresent(), wish));
    }

    /** The tag that is marked so, pinned; empty word: the one without a mark. */
    private static Optional<String> newer(JsonNode image, String mark) {
        for (var tag : image.path("newer")) {
            var asked = tag.path("asked").asBoolean();
            var major = tag.path("major").asBoolean() && !asked;
            var fits =
                    switch (mark) {
                        case "asked" -> asked;
                        case "major" -> major;
                        default -> !asked && !major;
                    };
            if (fits) {
                return Optional.of(
                        pinned(
                                image.path("reference").asString(),
                                tag.path("tag").asString(),
                                tag.path("digest").asString()));
            }
        }
        return Optional.empty();
    }

    private static String words(JsonNode image, boolean moved, Wish wish) {
        var words = new ArrayList<String>();
        if (moved) {
            words.add(
                    "%s is now %s"
                            .formatted(
                                    tag(image.path("reference").asString()),
                                    cut(image.path("offered").asString())));
        }
        for (var tag : image.path("newer")) {
            var name = tag.path("tag").asString();
            if (tag.path("asked").asBoolean()) {
                words.add(name + " (asked for)");
            } else if (tag.path("major").asBoolean() && !wish.major()) {
                words.add(name + " (major, taken with --major)");
            } else {
                words.add(name);
            }
        }
        var problem = image.path("problem").asString("");
        if (!problem.isEmpty()) {
            words.add("not looked up: " + problem);
        }
        return words.isEmpty() ? "-" : String.join("; ", words);
    }

    private static String pinned(String reference, String tag, String digest) {
        return "%s:%s@%s".formatted(repository(reference), tag, digest);
    }

    static String repository(String reference) {
        var named = reference.split("@", 2)[0];
        var colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        return colon < 0 ? named : named.substring(0, colon);
    }

    static String tag(String reference) {
        var named = reference.split("@", 2)[0];
        var colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        return colon < 0 ? "latest" : named.substring(colon + 1);
    }

    static String cut(String digest) {
        return digest.substring(0, Math.min(SHORT_DIGEST, digest.length()));
    }

    /** With its digest cut to what people compare. */
    static String shown(String reference) {
        var at = reference.indexOf('@');
        return at < 0
                ? reference
                : reference.substring(0, at + 1) + cut(reference.substring(at + 1));
    }
}
