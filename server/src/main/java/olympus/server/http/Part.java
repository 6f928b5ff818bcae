package olympus.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * A bounded part of a list in the order of its elements' keys, and where the next part begins. What
 * is added or removed between two requests makes no other element come twice or not at all.
 *
 * @param next the key of the last element, when there are more
 */
record Part<T>(List<T> elements, Optional<String> next) {

    /** So many elements where the request does not say, as text for the parameter's default. */
    static final String LIMIT = "1000";

    /** A part ends before what its elements consist of is more than this; it has one element. */
    static final int MAX_WEIGHT = 10_000;

    /**
     * What the elements of a list are called and how large they are.
     *
     * @param parse a key from its text; refuses with an IllegalArgumentException
     * @param weight e.g. the number of a service's instances
     */
    record Order<T, K extends Comparable<? super K>>(
            Function<T, K> key, Function<String, K> parse, ToIntFunction<T> weight) {}

    /**
     * @param cursor the {@code next} of the part before; empty for the first
     */
    static <T, K extends Comparable<? super K>> Part<T> of(
            List<T> all, Order<T, K> order, int limit, Optional<String> cursor) {
        Page.requireLimit(limit);
        var after = cursor.map(text -> parsed(text, order));
        var rest =
                all.stream()
                        .filter(element ->
                                after.isEmpty()
                                        || order.key().apply(element).compareTo(after.get()) > 0)
                        .sorted(Comparator.comparing(order.key()))
                        .toList();
        var elements = new ArrayList<T>();
        var weight = 0L;
        for (var element : rest) {
            weight += order.weight().applyAsInt(element);
            if (elements.size() == limit || (!elements.isEmpty() && weight > MAX_WEIGHT)) {
                break;
            }
            elements.add(element);
        }
        var next =
                elements.size() < rest.size()
                        ? Optional.of(order.key().apply(elements.getLast()).toString())
                        : Optional.<String>empty();
        return new Part<>(List.copyOf(elements), next);
    }

    private static <T, K extends Comparable<? super K>> K parsed(String text, Order<T, K> order) {
        try {
            return order.parse().apply(text);
        } catch (IllegalArgumentException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "cursor=%s: expected the \"next\" of the page before".formatted(text),
                    e);
        }
    }
}
