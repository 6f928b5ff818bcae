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
                                "Lists the machines that run the agent, and the members that are managed elsewhere.",
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
                                "POST /api/v1/external-nodes",
                                "addExternalNode",
                                ApiOperation.ISLAND,
                                "Lists a member that is managed elsewhere.",
                                "The node.")
                        .saying(
                                "It is listed beside the nodes, with `external`. Nothing is placed on it; orders and questions to it are answered with 409; no machine is let in under its name. `DELETE /nodes/{node}` lists it no more.")
                        .failing(ApiOperation.ORDER)
                        .failing(ApiOperation.BODY),
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
                        .failing(ApiOperation.ORDER),
                fleet());
    }

    private static ApiOperation fleet() {
        return ApiOperation.of(
                        "POST /api/v1/fleet/exec",
                        "runOnMachines",
                        ApiOperation.ISLAND,
                        "Runs a command on the machines themselves.",
                        "What happens on each node, as it happens.")
                .saying(
                        "On the `nodes` that have all `labels`, or with `all` on every node; one of them must be given. First a `nodes` event, then `output` for each line, a `result` for each node, and last the `summary`; a stream that ends without it was cut off. A machine runs only what its own file `fleet-exec.allow` allows. The command ends with the request. At most %d calls at a time; %d KiB of output of each node are passed on. The audit has who ran what where, before it begins and with what came of it."
                                .formatted(
                                        FleetController.MAX_CALLS,
                                        FleetCall.MAX_OUTPUT_BYTES / 1024))
                .failing(400, 404, 409, 503)
                .failing(ApiOperation.BODY)
                .streaming(
                        "FleetNodesEvent",
                        "FleetOutputEvent",
                        "FleetResultEvent",
                        "FleetSummaryEvent",
                        "ErrorEvent");
    }
}
