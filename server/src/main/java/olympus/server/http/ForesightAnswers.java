package olympus.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.NodeId;
import olympus.model.json.DurationText;
import olympus.model.json.EnumWords;
import olympus.server.foresight.SinglePoint;
import olympus.zeus.Foresight;

/** The JSON bodies of answers about what would happen. */
final class ForesightAnswers {

    private ForesightAnswers() {}

    record WhatIf(
            Instant at,
            long revision,
            String lossDelay,
            List<String> supposed,
            Optional<String> orders,
            List<Fate> instances,
            List<Loss> services) {}

    record Fate(
            String instance,
            String node,
            String outcome,
            Optional<String> target,
            boolean runs,
            String why) {
        static Fate of(Foresight.Fate fate, Map<NodeId, String> names) {
            return new Fate(
                    fate.instance().toString(),
                    name(fate.node(), names),
                    EnumWords.of(fate.outcome()),
                    fate.target().map(node -> name(node, names)),
                    fate.runs(),
                    fate.why());
        }

        private static String name(NodeId node, Map<NodeId, String> names) {
            return names.getOrDefault(node, node.toString());
        }
    }

    record Loss(String service, String gravity, int lost, int left, int moved, String why) {
        static Loss of(Foresight.Loss loss) {
            return new Loss(
                    loss.service().toString(),
                    EnumWords.of(loss.gravity()),
                    loss.lost(),
                    loss.left(),
                    loss.moved(),
                    loss.why());
        }
    }

    record SinglePoints(Instant at, long revision, String lossDelay, List<Point> points) {
        static SinglePoints of(Foresight foresight, List<SinglePoint> points) {
            return new SinglePoints(
                    foresight.at(),
                    foresight.revision(),
                    DurationText.format(foresight.lossDelay()),
                    points.stream().map(Point::of).toList());
        }
    }

    record Point(
            String kind,
            String name,
            String gravity,
            Optional<String> orders,
            String remark,
            List<Loss> services) {
        static Point of(SinglePoint point) {
            return new Point(
                    EnumWords.of(point.kind()),
                    point.name(),
                    EnumWords.of(point.gravity()),
                    point.orders(),
                    point.remark(),
                    point.losses().stream().map(Loss::of).toList());
        }
    }
}
