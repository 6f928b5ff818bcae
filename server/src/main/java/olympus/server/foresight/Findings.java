package olympus.server.foresight;

import java.util.List;

/**
 * What came of thinking parts of the island away, one at a time.
 *
 * @param points the gravest first
 * @param labels the keys by whose values machines were taken away together
 * @param unknown what was not known, and is therefore in no point, as sentences without an end
 */
public record Findings(List<SinglePoint> points, List<String> labels, List<String> unknown) {
    public Findings {
        points = List.copyOf(points);
        labels = List.copyOf(labels);
        unknown = List.copyOf(unknown);
    }
}
