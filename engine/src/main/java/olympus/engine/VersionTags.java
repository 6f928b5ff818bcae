package olympus.engine;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which tags of an image are newer versions of one. Only tags of the same shape are compared: the
 * same words around as many numbers ({@code 1.25-alpine} and {@code 1.27-alpine}), and nothing that
 * is called a prerelease. Pure.
 */
public final class VersionTags {

    /** The first number is the version itself, with up to four parts. */
    private static final Pattern VERSION =
            Pattern.compile("((?:[a-z]+[-_.]?)?)(\\d{1,12}(?:\\.\\d{1,12}){0,3})((?:[-_.+].*)?)");

    private static final Pattern PRERELEASE =
            Pattern.compile(
                    "(?i).*(?:alpha|beta|preview|rc|dev|nightly|snapshot|canary|edge|test|milestone|[-.](?:a|b|m|pre)\\d).*");

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private static final int MAX_TAG = 128;

    private VersionTags() {}

    /**
     * What there is beyond a tag.
     *
     * @param same the newest of the same major version
     * @param major the newest of a later major version
     */
    public record Newer(Optional<String> same, Optional<String> major) {
        static final Newer NONE = new Newer(Optional.empty(), Optional.empty());
    }

    /**
     * @param major the first number
     * @param rest the other numbers of the version, then those of the words behind it
     */
    private record Version(String tag, String shape, BigInteger major, List<BigInteger> rest)
            implements Comparable<Version> {

        private static final Comparator<Version> ORDER =
                Comparator.comparing(Version::major)
                        .thenComparing(
                                Version::rest,
                                (one, other) -> {
                                    for (var i = 0; i < Math.min(one.size(), other.size()); i++) {
                                        var compared = one.get(i).compareTo(other.get(i));
                                        if (compared != 0) {
                                            return compared;
                                        }
                                    }
                                    return Integer.compare(one.size(), other.size());
                                });

        @Override
        public int compareTo(Version other) {
            return ORDER.compare(this, other);
        }
    }

    /** Whether a tag is a version at all, and no word such as {@code latest}. */
    public static boolean isVersion(String tag) {
        return version(tag).isPresent();
    }

    /** The newest versions beyond {@code tag} among {@code tags}. */
    public static Newer newer(String tag, List<String> tags) {
        var own = version(tag);
        if (own.isEmpty()) {
            return Newer.NONE;
        }
        var later =
                tags.stream()
                        .map(VersionTags::version)
                        .flatMap(Optional::stream)
                        .filter(other -> other.shape().equals(own.get().shape()))
                        .filter(other -> other.compareTo(own.get()) > 0)
                        .toList();
        return new Newer(
                later.stream()
                        .filter(other -> other.major().equals(own.get().major()))
                        .max(Comparator.naturalOrder())
                        .map(Version::tag),
                later.stream()
                        .filter(other -> !other.major().equals(own.get().major()))
                        .max(Comparator.naturalOrder())
                        .map(Version::tag));
    }

    private static Optional<Version> version(String tag) {
        var found = VERSION.matcher(tag);
        if (tag.length() > MAX_TAG
                || !found.matches()
                || PRERELEASE.matcher(found.group(1) + " " + found.group(3)).matches()) {
            return Optional.empty();
        }
        var numbers = new ArrayList<BigInteger>();
        for (var part : found.group(2).split("\\.", -1)) {
            numbers.add(new BigInteger(part));
        }
        var behind = NUMBER.matcher(found.group(3));
        while (behind.find()) {
            numbers.add(new BigInteger(behind.group()));
        }
        var shape =
                "%s|%d|%s"
                        .formatted(
                                found.group(1),
                                found.group(2).split("\\.", -1).length,
                                NUMBER.matcher(found.group(3)).replaceAll("#"));
        return Optional.of(
                new Version(tag, shape, numbers.getFirst(), numbers.subList(1, numbers.size())));
    }
}
