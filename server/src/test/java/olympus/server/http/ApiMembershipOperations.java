package olympus.server.http;

import static olympus.server.http.ApiOperation.BODY;
import static olympus.server.http.ApiOperation.ISLAND;

import java.util.List;
import java.util.stream.Stream;
import olympus.server.tokens.ApiTokens;

/**
 * Operations about who belongs to the island (its servers, machines that run only the agent) and
 * who may order.
 */
final class ApiMembershipOperations {

    private ApiMembershipOperations() {}

    static List<ApiOperation> all() {
        return Stream.of(servers(), nodes(), tokens()).flatMap(List::stream).toList();
    }

    private static List<ApiOperation> tokens() {
        return List.of(
                ApiOperation.of(
                                "POST /api/v1/tokens",
                                "makeToken",
                                ISLAND,
                                "Makes a token of this API that has a role.",
                                "The token; its text is shown only here.")
                        .saying(
                                "Without `ttl` it is good until it is revoked. At most %d are good at a time."
                                        .formatted(ApiTokens.MOST))
                        .failing(400, 409, 503, 507)
                        .failing(BODY),
                ApiOperation.of(
                                "GET /api/v1/tokens",
                                "listTokens",
                                ISLAND,
                                "Lists the tokens of this API that are good at present.",
                                "Tokens by name, without their text.")
                        .failing(503),
                ApiOperation.of(
                                "DELETE /api/v1/tokens/{holder}",
                                "revokeToken",
                                ISLAND,
                                "Makes a token of this API good for nothing.",
                                "The token as it was.")
                        .failing(404, 409, 503, 507));
    }

    private static List<ApiOperation> nodes() {
        return List.of(
                ApiOperation.of(
                                "POST /api/v1/agent-tokens",
                                "makeAgentToken",
                                ISLAND,
                                "Makes a token with which machines may join that run only the agent.",
                                "The token; its text is shown only here.")
                        .failing(400, 409, 503, 507)
                        .failing(BODY),
                ApiOperation.of(
                                "GET /api/v1/agent-tokens",
                                "listAgentTokens",
                                ISLAND,
                                "Lists the agent tokens that are good at present.",
                                "Tokens, without their text; the one that ends first before the others.")
                        .failing(503),
                ApiOperation.of(
                                "DELETE /api/v1/agent-tokens/{token}",
                                "revokeAgentToken",
                                ISLAND,
                                "Makes an agent token good for nothing.",
                                "The token as it was; machines that have joined with it stay.")
                        .failing(400, 404, 409, 503, 507),
                ApiOperation.of(
                                "POST /api/v1/enrolments",
                                "enrol",
                                ISLAND,
                                "Lets a machine in that runs only the agent, and signs its key.",
                                "Its certificate, and where the servers are.")
                        .saying(
                                "Needs no token of the API: the agent token in the body says who may. The same machine may ask again with it, when the answer was lost; any server answers.")
                        .failing(400, 409, 503, 507)
                        .failing(BODY),
                ApiOperation.of(
                                "DELETE /api/v1/nodes/{node}",
                                "removeNode",
                                ISLAND,
                                "Removes a machine that runs only the agent.",
                                "It is removed: its links end, and its certificate is worth nothing any more.")
                        .failing(400, 404, 409, 503, 507));
    }

    private static List<ApiOperation> servers() {
        return List.of(
                ApiOperation.of(
                        "GET /api/v1/servers",
                        "listServers",
                        ISLAND,
                        "Lists the island's servers.",
                        "Servers by member name, who answered, and what to know of how many there are."),
                ApiOperation.of(
                                "POST /api/v1/servers/join-tokens",
                                "makeJoinToken",
                                ISLAND,
                                "Makes a token with which one new server may join.",
                                "The token; its text is shown only here.")
                        .failing(409, 503, 507),
                ApiOperation.of(
                                "POST /api/v1/servers/join",
                                "joinServers",
                                ISLAND,
                                "Lets a new server in.",
                                "All that a server of the island holds.")
                        .saying(
                                "Needs no token of the API: the join token in the body says who may. The same node may ask again with it, when the answer was lost.")
                        .failing(400, 409, 503, 507)
                        .failing(BODY),
                ApiOperation.of(
                                "DELETE /api/v1/servers/{member}",
                                "removeServer",
                                ISLAND,
                                "Has a server leave.",
                                "It is leaving; it has left when it is not listed any more.")
                        .failing(400, 404, 409, 503, 507),
                ApiOperation.of(
                                "POST /api/v1/servers/{member}/lead",
                                "transferLeader",
                                ISLAND,
                                "Has a server lead.",
                                "It leads.")
                        .failing(400, 404, 409, 503));
    }
}
