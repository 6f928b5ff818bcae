package olympus.server.http;

import java.util.List;
import java.util.Optional;
import olympus.model.json.EnumWords;
import olympus.zeus.ClusterView.NodeView;

/** What is told of a command that runs on machines: the data of events. */
final class FleetAnswers {

    private FleetAnswers() {}

    /** What came of the command on one node. */
    enum Outcome {
        /** It ended with 0. */
        SUCCEEDED,
        /** It ended with another exit code. */
        FAILED,
        /** The machine does not allow it. */
        REFUSED,
        /** It was ended at the deadline, or the node did not answer until then. */
        TIMED_OUT,
        /** The node is not connected, went away, or cannot run commands. */
        UNREACHABLE
    }

    /** First of all: on which nodes it shall run. */
    record FleetNodes(List<FleetNode> nodes) {
        static FleetNodes of(List<NodeView> nodes) {
            return new FleetNodes(
                    nodes.stream()
                            .map(node -> new FleetNode(node.name(), node.id().toString()))
                            .toList());
        }
    }

    record FleetNode(String node, String id) {}

    /** A line that it wrote. */
    record FleetOutput(String node, String id, String stream, String text) {}

    /**
     * What came of it on one node; nothing follows of that node.
     *
     * @param truncated whether it wrote more than is passed on
     */
    record FleetResult(
            String node,
            String id,
            String outcome,
            Optional<Integer> exitCode,
            String reason,
            boolean truncated,
            long millis) {

        static FleetResult of(
                NodeView node,
                Outcome outcome,
                Optional<Integer> exitCode,
                String reason,
                boolean truncated,
                long millis) {
            return new FleetResult(
                    node.name(),
                    node.id().toString(),
                    EnumWords.of(outcome),
                    exitCode,
                    reason,
                    truncated,
                    millis);
        }
    }

    /** Last of all: on how many nodes what came of it. */
    record FleetSummary(
            int nodes, int succeeded, int failed, int refused, int timedOut, int unreachable) {

        static FleetSummary of(List<FleetResult> results) {
            return new FleetSummary(
                    results.size(),
                    count(results, Outcome.SUCCEEDED),
                    count(results, Outcome.FAILED),
                    count(results, Outcome.REFUSED),
                    count(results, Outcome.TIMED_OUT),
                    count(results, Outcome.UNREACHABLE));
        }

        private static int count(List<FleetResult> results, Outcome outcome) {
            var word = EnumWords.of(outcome);
            return (int) results.stream().filter(one -> one.outcome().equals(word)).count();
        }
    }
}
