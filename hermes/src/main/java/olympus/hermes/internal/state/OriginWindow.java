package olympus.hermes.internal.state;

/**
 * The sequences applied of one origin; bit {@code n} of {@code seen} stands for {@code highest -
 * n}.
 *
 * @param lastIndex the entry that it was last heard in
 */
public record OriginWindow(long id, long highest, long seen, long lastIndex) {

    OriginWindow with(long sequence, long index) {
        if (sequence <= highest) {
            return new OriginWindow(id, highest, seen | (1L << (highest - sequence)), index);
        }
        var shift = sequence - highest;
        return new OriginWindow(
                id, sequence, (shift >= Origins.WINDOW ? 0 : seen << shift) | 1, index);
    }
}
