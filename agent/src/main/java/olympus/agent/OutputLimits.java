package olympus.agent;

/**
 * How much output is kept of each instance.
 *
 * @param segmentBytes of one segment file
 * @param segments kept; the oldest goes when a new one is begun
 */
public record OutputLimits(int segmentBytes, int segments) {

    public static final OutputLimits STANDARD = new OutputLimits(4 << 20, 4);

    public OutputLimits {
        if (segmentBytes < 1 << 17 || segments < 2) {
            throw new IllegalArgumentException(
                    "not output limits: %d segments of %d bytes; expected at least 2 of 131072"
                            .formatted(segments, segmentBytes));
        }
    }
}
