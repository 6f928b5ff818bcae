package olympus.server.http;

import java.util.List;

/** The operations that tell what would happen, and where services are reached. */
final class PlanningOperations {

    /** The document that is a list of {@code PrometheusTargets.Group}. */
    static final String TARGETS = "PrometheusTargets";

    private PlanningOperations() {}

    static List<ApiOperation> all() {
        return List.of(
                ApiOperation.of(
                                "GET /api/v1/what-if",
                                "whatIf",
                                ApiOperation.ISLAND,
                                "Tells what would happen to each instance if nodes or servers failed.",
                                "The fate of each instance, and what services lose.")
                        .saying(
                                "Thought through by the planner that also decides in earnest, on a copy of what is known. Nothing is written.")
                        .failing(400, 404, 409),
                ApiOperation.of(
                                "GET /api/v1/spof",
                                "listSinglePoints",
                                ApiOperation.ISLAND,
                                "Takes away parts of the island, in thought, one at a time.",
                                "What each would mean and what to do about it, the gravest first, and what was not known.")
                        .saying(
                                "Thought through by the planner that also decides in earnest, on a copy of what is known. Nothing is written.")
                        .failing(400),
                ApiOperation.of(
                                "GET /api/v1/discovery",
                                "discover",
                                ApiOperation.SERVICES,
                                "Tells where the instances of services are reached.",
                                "Everything that is declared, whole; as `text/event-stream` again with each change.")
                        .saying(
                                "An instance is `ready` when it runs, its probe passes if there is one, it is not to end, and its node is not lost. One that is about to leave its node is not ready as long as others are.")
                        .streaming("DiscoveryEvent"),
                ApiOperation.of(
                                "GET /api/v1/discovery/hosts",
                                "discoverAsHosts",
                                ApiOperation.SERVICES,
                                "The same as a hosts file, of instances that are ready.",
                                "`ADDRESS web.shop.SUFFIX 1.web.shop.SUFFIX`, a line each.")
                        .failing(400),
                ApiOperation.of(
                                "GET /api/v1/discovery/traefik",
                                "discoverAsTraefik",
                                ApiOperation.SERVICES,
                                "The same as a dynamic configuration for the HTTP provider of Traefik, of instances that are ready.",
                                "The whole dynamic configuration; an empty object when there is nothing.")
                        .answering("TraefikConfiguration"),
                ApiOperation.of(
                                "GET /api/v1/discovery/prometheus",
                                "discoverAsPrometheus",
                                ApiOperation.SERVICES,
                                "The same for `http_sd_configs` of Prometheus, of all instances.",
                                "The whole list; empty when there is nothing.")
                        .answering(TARGETS));
    }
}
