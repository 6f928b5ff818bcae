package olympus.server.discovery;

import static olympus.server.discovery.Directories.MARS;
import static olympus.server.discovery.Directories.bound;
import static olympus.server.discovery.Directories.instance;
import static olympus.server.discovery.Directories.published;
import static olympus.server.discovery.Directories.ready;
import static olympus.server.discovery.Directories.seen;
import static olympus.server.discovery.Directories.service;
import static olympus.server.discovery.Directories.tcp;
import static olympus.server.discovery.Directories.udp;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import olympus.zeus.Directory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The directory as a dynamic configuration of Traefik. */
final class TraefikConfigurationTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String RULE = "Host(`shop.example.org`)";

    private static String json(Directory.Service... services) {
        return JSON.writeValueAsString(TraefikConfiguration.of(Directories.of(services), seen()));
    }

    private static Directory.Service web(Map<String, String> labels, Directory.Port... ports) {
        return service("shop/web", labels, ready("shop/web", 1, ports));
    }

    /** With a router, besides what is given. */
    private static Map<String, String> routed(String... more) {
        var labels = new TreeMap<>(Map.of("traefik.http.routers.web.rule", RULE));
        for (var n = 0; n < more.length; n += 2) {
            labels.put("traefik." + more[n], more[n + 1]);
        }
        return labels;
    }

    private static String servers(Directory.Service service) {
        var http = JSON.readTree(json(service)).path("http").path("services");
        return http.path("shop-web").path("loadBalancer").path("servers").toString();
    }

    @Test
    void aServiceWithOnePortHasABalancerAndNoRouterWhereNoLabelDeclaresOne() {
        assertThat(json(service("shop/web", Map.of(), ready("shop/web", 2, tcp("main", 8081)))))
                .isEqualTo(
                        """
                        {"http":{"services":{"shop-web":{"loadBalancer":{"servers":[\
                        {"url":"http://10.0.0.1:8081"},{"url":"http://[fd00::2]:8081"}]}}}}}\
                        """);
    }

    @Test
    void labelsDeclareARouterInTraefiksWords() {
        var labels =
                routed(
                        "http.routers.web.entryPoints", " web, websecure ,",
                        "http.routers.web.middlewares", "gzip@file",
                        "http.routers.web.priority", "12",
                        "http.routers.web.ruleSyntax", "v3",
                        "http.routers.web.tls", "true",
                        "http.routers.web.tls.certResolver", "letsencrypt",
                        "http.routers.web.tls.options", "modern@file");

        assertThat(JSON.readTree(json(web(labels, tcp("http", 8081)))).path("http").path("routers"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"shop-web":{"rule":"Host(`shop.example.org`)","service":"shop-web",
                                 "entryPoints":["web","websecure"],"middlewares":["gzip@file"],
                                 "priority":12,"ruleSyntax":"v3",
                                 "tls":{"certResolver":"letsencrypt","options":"modern@file"}}}
                                """));
    }

    @Test
    void tlsAloneIsAnEmptyObjectAsTraefikTakesIt() {
        assertThat(json(web(routed("http.routers.web.tls", "true"), tcp("http", 8081))))
                .contains("\"tls\":{}");
        assertThat(json(web(routed("http.routers.web.tls", "false"), tcp("http", 8081))))
                .doesNotContain("tls");
    }

    @Test
    void noTwoServicesHaveTheSameName() {
        var services =
                JSON.readTree(
                                json(
                                        service(
                                                "shop/web-api",
                                                Map.of(),
                                                ready("shop/web-api", 1, tcp("http", 8081))),
                                        service(
                                                "shop-web/api",
                                                Map.of(),
                                                ready("shop-web/api", 1, tcp("http", 8082)))))
                        .path("http")
                        .path("services");

        assertThat(services.path("shop-web--api").toString()).contains(":8081");
        assertThat(services.path("shop--web-api").toString()).contains(":8082");
    }

    @Test
    void aRouterWithoutARuleIsNone() {
        var labels = Map.of("traefik.http.routers.web.entrypoints", "web");

        assertThat(json(web(labels, tcp("http", 8081)))).doesNotContain("routers");
    }

    @Test
    void aPriorityThatIsNoNumberIsLeftOut() {
        assertThat(json(web(routed("http.routers.web.priority", "high"), tcp("http", 8081))))
                .doesNotContain("priority")
                .contains(RULE);
    }

    @Test
    void thePortIsTheOneThatIsMeant() {
        var three = new Directory.Port[] {tcp("admin", 9000), tcp("http", 8081), tcp("x", 70)};
        assertThat(servers(web(routed(), three))).contains(":8081");
        var byName = routed("http.services.web.loadbalancer.server.port", "admin");
        assertThat(servers(web(byName, three))).contains(":9000");
        var byNumber = routed("http.services.web.loadbalancer.server.port", "70");
        assertThat(servers(web(byNumber, three))).contains(":70");
        var inside = routed("http.services.web.loadbalancer.server.port", "80");
        assertThat(servers(web(inside, published("a", 31000, 80), published("b", 31001, 81))))
                .contains(":31000");
        assertThat(servers(web(routed(), tcp("a", 1), tcp("b", 2)))).isEqualTo("[]");
        assertThat(servers(web(routed(), udp("dns", 53), tcp("a", 8081)))).contains(":8081");
    }

    @Test
    void theSchemeIsWhatTheLabelSays() {
        var labels = routed("http.services.web.loadbalancer.server.scheme", "https");

        assertThat(servers(web(labels, tcp("http", 8443)))).contains("https://10.0.0.1:8443");
    }

    @Test
    void aRoutedServiceWithNothingReadyHasNoServersAndAnUnroutedOneIsLeftOut() {
        var starting = instance("shop/web.1", MARS, false, tcp("http", 8081));

        assertThat(servers(service("shop/web", routed(), starting))).isEqualTo("[]");
        assertThat(json(service("shop/web", Map.of(), starting))).isEqualTo("{}");
    }

    @Test
    void whatOthersCannotReachIsNoServer() {
        assertThat(servers(web(routed(), bound("127.0.0.1", "http", 8081)))).isEqualTo("[]");
    }

    @Test
    void twoStacksMayUseTheSameNames() {
        var shop = web(routed(), tcp("http", 8081));
        var blog = service("blog/web", routed(), ready("blog/web", 1, tcp("http", 8082)));

        var http = JSON.readTree(json(blog, shop)).path("http");
        assertThat(http.path("routers").propertyNames()).containsExactly("blog-web", "shop-web");
        assertThat(http.path("services").propertyNames()).containsExactly("blog-web", "shop-web");
    }

    @Test
    void aRouterMayNameAnotherServiceOrOneOfAnotherProvider() {
        var own = json(web(routed("http.routers.web.service", "api"), tcp("http", 8081)));
        assertThat(own).contains("\"service\":\"shop-api\"");
        var foreign = json(web(routed("http.routers.web.service", "api@file"), tcp("http", 8081)));
        assertThat(foreign).contains("\"service\":\"api@file\"");
    }

    @Test
    void whoDoesNotWantToBeThereIsNot() {
        assertThat(json(web(routed("enable", "False"), tcp("http", 8081)))).isEqualTo("{}");
    }

    @Test
    void labelsThatAreNotUnderstoodHaveNoEffect() {
        var labels =
                routed(
                        "http.routers.web.observability.metrics", "true",
                        "tcp.routers.db.rule", "HostSNI(`*`)",
                        "http.routers", "x",
                        "http.routers.", "x",
                        "http.services.", "x",
                        "http.services.web", "x");

        assertThat(json(web(labels, tcp("http", 8081))))
                .isEqualTo(json(web(routed(), tcp("http", 8081))));
    }
}
