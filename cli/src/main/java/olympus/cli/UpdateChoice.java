package olympus.cli;

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
        var service = image.path("service").asString();
        var reference = image.path("reference").asString();
        var problem = image.path("problem").asString("");
        var running = image.path("running").asString("");
        var offered = image.path("offered").asString("");
        var repository = repository(reference);
        Optional<String> same = Optional.empty();
        Optional<String> other = Optional.empty();
        Optional<String> asked = Optional.empty();
        var words = new java.util.ArrayList<String>();
        if (!offered.isEmpty() && !offered.equals(running)) {
            words.add("%s is now %s".formatted(tag(reference), cut(offered)));
        }
        for (var tag : image.path("newer")) {
            var name = tag.path("tag").asString();
            var pinned = "%s:%s@%s".formatted(repository, name, tag.path("digest").asString());
            if (tag.path("asked").asBoolean()) {
                asked = Optional.of(pinned);
                words.add(name + " (asked for)");
            } else if (tag.path("major").asBoolean()) {
                other = Optional.of(pinned);
                words.add(name + (wish.major() ? "" : " (major, taken with --major)"));
            } else {
                same = Optional.of(pinned);
                words.add(name);
            }
        }
        var digest =
                offered.isEmpty() || offered.equals(running)
                        ? Optional.<String>empty()
                        : Optional.of("%s:%s@%s".formatted(repository, tag(reference), offered));
        var newest = (wish.major() ? other.or(same(same)) : same).or(() -> digest);
        var target = asked.or(() -> wish.digestsOnly() ? digest : newest);
        if (!problem.isEmpty()) {
            words.add("not looked up: " + problem);
        }
        return new UpdateChoice(
                service,
                reference,
                target.filter(found -> !found.equals(reference)),
                words.isEmpty() ? "-" : String.join("; ", words));
    }

    private static java.util.function.Supplier<Optional<String>> same(Optional<String> same) {
        return () -> same;
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
