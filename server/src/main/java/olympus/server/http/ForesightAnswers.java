package olympus.server.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.model.NodeId;
import olympus.model.json.DurationText;
import olympus.model.json.EnumWords;
import olympus.server.foresight.Findings;
import olympus.server.foresight.SinglePoint;
import olympus.zeus.ClusterView.ExternalView;
import olympus.zeus.Foresight;

/** The JSON bodies of answers about what would happen. */
final class ForesightAnswers {

    /** Names in a sentence; more are counted. */
    private static final int MOST_NAMES = 5;

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

    record SinglePoints(
            Instant at,
            long revision,
            String lossDelay,
            List<String> labels,
            List<Point> points,
            List<String> unknown) {
        static SinglePoints of(
                Foresight foresight, Findings findings, List<ExternalView> external) {
            var unknown = new ArrayList<>(findings.unknown());
            if (!external.isEmpty()) {
                unknown.add(
                        "what it would mean to lose %s: externally managed, so that nothing is placed there, and what depends on it nobody has said"
                                .formatted(names(external)));
            }
            return new SinglePoints(
                    foresight.at(),
                    foresight.revision(),
                    DurationText.format(foresight.lossDelay()),
                    findings.labels(),
                    findings.points().stream().map(Point::of).toList(),
                    unknown);
        }

        private static String names(List<ExternalView> external) {
            var more = external.size() - MOST_NAMES;
            return external.stream()
                            .limit(MOST_NAMES)
                            .map(one -> one.node().name())
                            .collect(Collectors.joining(", "))
                    + (more > 0 ? " and %d more".formatted(more) : "");
        }
    }

    record Point(
            String kind,
            String name,
            List<String> nodes,
            String gravity,
            Optional<String> orders,
            String remark,
            List<Hit> services,
            int goOn,
            List<String> remedies) {
        static Point of(SinglePoint point) {
            return new Point(
                    EnumWords.of(point.kind()),
                    point.name(),
                    point.part().nodes(),
                    EnumWords.of(point.gravity()),
                    point.orders(),
                    point.remark(),
                    point.hits().stream().map(Hit::of).toList(),
                    point.goOn(),
                    point.remedies());
        }
    }

    record Hit(
            String service,
            String gravity,
            int lost,
            int left,
            int moved,
            String why,
            List<String> remedies) {
        static Hit of(SinglePoint.Hit hit) {
            return new Hit(
                    hit.service().toString(),
                    EnumWords.of(hit.gravity()),
                    hit.counts().lost(),
                    hit.counts().left(),
                    hit.counts().moved(),
                    hit.why(),
                    hit.remedies());
        }
    }
}
