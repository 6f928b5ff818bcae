package olympus.server.http;

import java.util.List;

/** The operations on nodes. */
final class NodeOperations {

    private static final String ONE = "/api/v1/nodes/{node}";

    private NodeOperations() {}

    static List<ApiOperation> all() {
        return List.of(
                ApiOperation.of(
                                "GET /api/v1/nodes",
                                "listNodes",
                                ApiOperation.ISLAND,
                                "Lists the machines that run the agent.",
                                "Nodes by name.")
                        .saying(
                                "With `label` only those that have all of these labels: `KEY=VALUE`, or `KEY` whatever its value.")
                        .failing(400),
                ApiOperation.of(
                                "GET " + ONE,
                                "getNode",
                                ApiOperation.ISLAND,
                                "Shows a node and what was placed on it.",
                                "The node with its instances.")
                        .failing(404, 409),
                ApiOperation.of(
                                "POST " + ONE + "/labels",
                                "labelNode",
                                ApiOperation.ISLAND,
                                "Sets labels of a node and removes others.",
                                "The node.")
                        .saying("Those that are not named stay.")
                        .failing(ApiOperation.ORDER)
                        .failing(ApiOperation.BODY),
                ApiOperation.of(
                                "PUT " + ONE + "/withdrawal",
                                "withdrawNode",
                                ApiOperation.ISLAND,
                                "Takes a node out of use.",
                                "The node.")
                        .saying(
                                "`cordon`: it takes nothing new. `drain`: besides, what can run elsewhere leaves it, no more of a service at a time than an update may replace. `maintenance`: the same, and nobody is troubled by its being away. The order stands until it is deleted; `GET /nodes` shows what stays and why.")
                        .failing(ApiOperation.ORDER)
                        .failing(ApiOperation.BODY),
                ApiOperation.of(
                                "DELETE " + ONE + "/withdrawal",
                                "restoreNode",
                                ApiOperation.ISLAND,
                                "Takes a node into use again.",
                                "The node.")
                        .saying("Nothing is moved back.")
                        .failing(ApiOperation.ORDER));
    }
}
