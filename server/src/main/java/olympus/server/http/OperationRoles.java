package olympus.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import olympus.server.tokens.Role;

/**
 * Which role each operation of the API needs: the one place that says so. An operation that is
 * missing here needs an administrator.
 *
 * <p>The line: a viewer changes nothing. An operator orders what can be ordered otherwise again:
 * what runs, where and how. An administrator decides who belongs to the island and who may order,
 * takes copies of the store, removes what nobody can bring back, and commands machines themselves.
 */
final class OperationRoles {

    /** Need no token: for probes of health, and where the body brings another token. */
    static final Set<String> OPEN =
            Set.of(
                    "GET /healthz",
                    "GET /readyz",
                    "GET " + Api.V1 + "/openapi.json",
                    "POST " + ServersController.JOIN,
                    "POST " + EnrolmentsController.ENROL);

    private static final List<String> VIEWER =
            List.of(
                    "GET /metrics",
                    "GET /api/v1/audit",
                    "GET /api/v1/catalogue",
                    "GET /api/v1/decisions",
                    "GET /api/v1/decisions/pending",
                    "GET /api/v1/discovery",
                    "GET /api/v1/discovery/hosts",
                    "GET /api/v1/discovery/prometheus",
                    "GET /api/v1/discovery/traefik",
                    "GET /api/v1/doctor",
                    "GET /api/v1/nodes",
                    "GET /api/v1/nodes/{node}",
                    "GET /api/v1/pauses",
                    "GET /api/v1/servers",
                    "GET /api/v1/services",
                    "GET /api/v1/services/{stack}",
                    "GET /api/v1/services/{stack}/{service}",
                    "GET /api/v1/services/{stack}/{service}/logs",
                    "GET /api/v1/spof",
                    "GET /api/v1/stacks",
                    "GET /api/v1/stacks/{stack}",
                    "GET /api/v1/stacks/{stack}/differences",
                    "GET /api/v1/stacks/{stack}/handover",
                    "GET /api/v1/stacks/{stack}/images",
                    "GET /api/v1/stacks/{stack}/revisions",
                    "POST /api/v1/stacks/{stack}/plan",
                    "GET /api/v1/stats",
                    "GET /api/v1/status",
                    "GET /api/v1/volumes",
                    "GET /api/v1/what-if",
                    "GET /api/v1/why");

    private static final List<String> OPERATOR =
            List.of(
                    "POST /api/v1/decisions/pending/{decision}/approve",
                    "POST /api/v1/decisions/pending/{decision}/deny",
                    "POST /api/v1/nodes/{node}/labels",
                    "PUT /api/v1/nodes/{node}/withdrawal",
                    "DELETE /api/v1/nodes/{node}/withdrawal",
                    "PUT /api/v1/pauses/{scope}",
                    "DELETE /api/v1/pauses/{scope}",
                    "GET /api/v1/secrets",
                    "POST /api/v1/services/{stack}/{service}/exec",
                    "POST /api/v1/services/{stack}/{service}/restart",
                    "POST /api/v1/services/{stack}/{service}/rollback",
                    "POST /api/v1/services/{stack}/{service}/rollout/approve",
                    "POST /api/v1/services/{stack}/{service}/rollout/reject",
                    "POST /api/v1/services/{stack}/{service}/start",
                    "POST /api/v1/services/{stack}/{service}/stop",
                    "PUT /api/v1/stacks/{stack}",
                    "DELETE /api/v1/stacks/{stack}",
                    "POST /api/v1/stacks/{stack}/images",
                    "PUT /api/v1/stacks/{stack}/mode",
                    "POST /api/v1/stacks/{stack}/release",
                    "POST /api/v1/stacks/{stack}/rollback",
                    "PUT /api/v1/stacks/{stack}/secrets/{name}",
                    "DELETE /api/v1/stacks/{stack}/secrets/{name}");

    private static final List<String> ADMIN =
            List.of(
                    "GET /api/v1/agent-tokens",
                    "POST /api/v1/agent-tokens",
                    "DELETE /api/v1/agent-tokens/{token}",
                    "POST /api/v1/external-nodes",
                    "POST /api/v1/fleet/exec",
                    "DELETE /api/v1/nodes/{node}",
                    "DELETE /api/v1/servers/{member}",
                    "POST /api/v1/servers/{member}/lead",
                    "POST /api/v1/servers/join-tokens",
                    "GET /api/v1/snapshot",
                    "GET /api/v1/tokens",
                    "POST /api/v1/tokens",
                    "DELETE /api/v1/tokens/{holder}",
                    "DELETE /api/v1/volumes/{node}/{volume}");

    /** Those that need a role, as {@code METHOD PATH}. */
    static final Map<String, Role> TABLE = table();

    private OperationRoles() {}

    private static Map<String, Role> table() {
        var table = new TreeMap<String, Role>();
        put(table, Role.VIEWER, VIEWER);
        put(table, Role.OPERATOR, OPERATOR);
        put(table, Role.ADMIN, ADMIN);
        return Map.copyOf(table);
    }

    private static void put(Map<String, Role> table, Role role, List<String> operations) {
        for (var operation : operations) {
            if (table.put(operation, role) != null) {
                throw new IllegalStateException(operation + " stands in the table twice");
            }
        }
    }

    /**
     * What a request needs; empty where no token is needed.
     *
     * @param pattern the path that the operation is declared with, e.g. {@code
     *     /api/v1/nodes/{node}}
     */
    static Optional<Role> of(String method, String pattern) {
        var operation = (method.equals("HEAD") ? "GET" : method) + " " + pattern;
        return OPEN.contains(operation)
                ? Optional.empty()
                : Optional.of(TABLE.getOrDefault(operation, Role.ADMIN));
    }
}
