package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server and two machines with the agent alone: what is foreseen of a machine's loss comes about
 * when its plug is pulled, and all who ask where services are reached hear of it.
 */
@SuppressWarnings("NullAway.Init") // what is set before each test
final class ReachTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Pattern TOKEN = Pattern.compile("olympus-agent\\.\\S+");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String VENUS = "10.77.0.2";

    /** What earth's agent is told to say; it is seen from another one. */
    private static final String EARTH = "10.77.0.33";

    private Path temporary;
    private Lab lab;

    @BeforeEach
    void plug(@TempDir Path folder) {
        temporary = folder;
        // Builds where that is due, so that no machine has to.
        assertThat(Installation.in(folder).olympus("--version").exitCode()).isZero();
        lab = new Lab(folder);
    }

    @AfterEach
    void unplug() {
        lab.close();
    }

    @Test
    void whatIsForeseenOfALossComesAboutAndEveryoneIsToldWhereServicesAre() {
        var mars = island();
        var bound = onVenus(mars);
        var stays = bound.equals("shop/web.1") ? "shop/web.2" : "shop/web.1";
        var events = mars.start("curl --no-buffer " + ask("discovery", "text/event-stream"));
        prometheus(mars);
        awaitTargets(
                mars,
                Map.of(
                        bound,
                        VENUS + ":" + port(bound) + " up",
                        stays,
                        EARTH + ":" + port(stays) + " up",
                        "shop/db.1",
                        VENUS + ":8090 up"));
        assertThat(get(mars, "discovery/hosts?suffix=lab").lines())
                .contains(
                        "%s web.shop.lab %s.web.shop.lab".formatted(VENUS, ordinal(bound)),
                        "%s web.shop.lab %s.web.shop.lab".formatted(EARTH, ordinal(stays)),
                        VENUS + " db.shop.lab 1.db.shop.lab");
        assertThat(traefik(mars)).contains(url(VENUS, bound), url(EARTH, stays));

        var foreseen = foreseen(mars, bound);

        lab.at("venus").switchOff();

        Eventually.becomes(
                SOON,
                () -> "as foreseen, %s: %s".formatted(foreseen, mars.shell("olympus discovery")),
                () -> found(mars).equals(foreseen));
        assertThat(foreseen)
                .isEqualTo(
                        new TreeMap<>(
                                Map.of(
                                        bound,
                                        "earth ready",
                                        stays,
                                        "earth ready",
                                        "shop/db.1",
                                        "venus not ready")));
        awaitTargets(
                mars,
                Map.of(
                        bound,
                        EARTH + ":" + port(bound) + " up",
                        stays,
                        EARTH + ":" + port(stays) + " up",
                        "shop/db.1",
                        VENUS + ":8090 down"));
        assertThat(get(mars, "discovery/hosts?suffix=lab")).doesNotContain(VENUS);
        assertThat(traefik(mars))
                .contains(url(EARTH, bound), url(EARTH, stays))
                .doesNotContain(VENUS);
        awaitPushed(events, foreseen);

        theMachineComesBack(mars);
        assertThat(found(mars)).containsEntry(bound, "earth ready");
        aCableIsPulled(mars);
    }

    /** Both of shop/web are on earth: where it is cut off they run twice until it is back. */
    private void aCableIsPulled(LabMachine mars) {
        var link = point(mars, "doctor topology", "link", "earth");
        assertThat(link.path("gravity").asString()).isEqualTo("twice");
        assertThat(service(link, "shop/web").path("gravity").asString()).isEqualTo("twice");
        assertThat(service(link, "shop/web").path("moved").asInt()).isEqualTo(2);
        var earth = lab.at("earth");

        earth.pullCable();

        Eventually.becomes(
                SOON,
                () -> "both are started on venus too: " + mars.shell("olympus discovery"),
                () ->
                        "venus ready".equals(found(mars).get("shop/web.1"))
                                && "venus ready".equals(found(mars).get("shop/web.2")));
        assertThat(answers(earth, 8081)).isTrue();
        assertThat(answers(earth, 8082)).isTrue();

        earth.plugCableIn();

        Eventually.becomes(
                SOON,
                () -> "earth has ended its own: " + mars.shell("olympus discovery"),
                () -> !answers(earth, 8081) && !answers(earth, 8082));
        assertThat(found(mars))
                .containsEntry("shop/web.1", "venus ready")
                .containsEntry("shop/web.2", "venus ready");
    }

    private static boolean answers(LabMachine machine, int port) {
        return machine.run(
                                "curl --fail --silent --max-time 5 http://127.0.0.1:%d/metrics"
                                        .formatted(port))
                        .code()
                == 0;
    }

    private void theMachineComesBack(LabMachine mars) {
        var venus = lab.at("venus");
        venus.switchOn();
        venus.useCheckout();
        venus.start("olympus agent");
        Eventually.becomes(
                SOON,
                () -> "what was bound to it is back: " + mars.shell("olympus discovery"),
                () -> "venus ready".equals(found(mars).get("shop/db.1")));
    }

    // What a person does.

    private LabMachine island() {
        var mars = lab.machine("mars");
        mars.useCheckout();
        mars.start("olympus server --listen 0.0.0.0:7400 --advertise " + mars.address());
        Eventually.becomes(
                SOON,
                () -> "the server answers: " + mars.run("olympus servers").output(),
                () -> mars.run("olympus servers").code() == 0);
        agent(mars, "venus", "");
        agent(mars, "earth", "--advertise " + EARTH);
        lab.at("earth").shell("ip addr add %s/24 dev eth0".formatted(EARTH));
        mars.shell("olympus node label venus role=web disk=fast");
        mars.shell("olympus node label earth role=web");

        Lab.write(temporary.resolve("page/metrics"), "shop_open 1\n");
        Lab.write(temporary.resolve("shop/olympus.yaml"), stack(temporary.resolve("page")));
        mars.shell("olympus apply --yes " + temporary.resolve("shop"));
        Eventually.becomes(
                SOON,
                () -> "all are ready: " + mars.shell("olympus discovery"),
                () -> {
                    var found = found(mars);
                    return found.size() == 3
                            && found.values().stream().noneMatch(at -> at.endsWith("not ready"));
                });
        return mars;
    }

    private void agent(LabMachine mars, String name, String more) {
        var machine = lab.machine(name);
        machine.useCheckout();
        var token = TOKEN.matcher(mars.shell("olympus token create --agent"));
        assertThat(token.find()).isTrue();
        machine.start(
                "olympus agent --server https://%s:7400 --token %s %s"
                        .formatted(mars.address(), token.group(), more));
        Eventually.becomes(
                SOON,
                () -> name + " is there: " + mars.shell("olympus nodes"),
                () -> mars.run("olympus node show " + name).code() == 0);
    }

    /** Which instance of shop/web runs on venus. */
    private static String onVenus(LabMachine mars) {
        return found(mars).entrySet().stream()
                .filter(at -> at.getKey().startsWith("shop/web"))
                .filter(at -> at.getValue().startsWith("venus"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Where each instance is, and whether it is ready. */
    private static Map<String, String> found(LabMachine mars) {
        return found(mars.json("discovery"));
    }

    private static Map<String, String> found(JsonNode discovery) {
        var found = new TreeMap<String, String>();
        for (var service : discovery.path("services")) {
            for (var instance : service.path("instances")) {
                found.put(
                        instance.path("instance").asString(),
                        instance.path("node").asString()
                                + (instance.path("ready").asBoolean() ? " ready" : " not ready"));
            }
        }
        return found;
    }

    /** The same as it is foreseen; both commands must tell of it in the same way. */
    private static Map<String, String> foreseen(LabMachine mars, String moving) {
        assertThat(mars.run("olympus spof --exit-code").code()).isEqualTo(5);
        var venus = point(mars, "venus");
        assertThat(venus.path("gravity").asString()).isEqualTo("stops");
        assertThat(service(venus, "shop/db").path("gravity").asString()).isEqualTo("stops");
        assertThat(service(venus, "shop/web").path("gravity").asString()).isEqualTo("fine");
        assertThat(point(mars, "earth").path("gravity").asString()).isEqualTo("fine");
        assertThat(point(mars, "mars").path("orders").asString()).contains("the only server");

        assertThat(mars.shell("olympus plan --what-if node-lost=venus"))
                .contains(moving)
                .contains("run on earth")
                .contains("node.labels.disk == fast");
        var foreseen = new TreeMap<String, String>();
        for (var fate : mars.json("plan --what-if node-lost=venus").path("instances")) {
            var moves = fate.path("outcome").asString().equals("moves");
            var waits = fate.path("outcome").asString().equals("waits");
            foreseen.put(
                    fate.path("instance").asString(),
                    fate.path(moves ? "target" : "node").asString()
                            + (waits ? " not ready" : " ready"));
        }
        return foreseen;
    }

    private static JsonNode point(LabMachine mars, String node) {
        return point(mars, "spof", "node", node);
    }

    private static JsonNode point(LabMachine mars, String command, String kind, String name) {
        return mars.json(command)
                .path("points")
                .valueStream()
                .filter(point -> point.path("kind").asString().equals(kind))
                .filter(point -> point.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode service(JsonNode point, String name) {
        return point.path("services")
                .valueStream()
                .filter(service -> service.path("service").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    // Programs of others.

    private static String get(LabMachine mars, String path) {
        return mars.shell("curl " + ask(path, "*/*"));
    }

    private static String ask(String path, String accept) {
        return "--fail --silent --show-error --cacert %1$s/keys/https-ca.pem --header \"Authorization: Bearer $(cat %1$s/admin.token)\" --header 'Accept: %2$s' 'https://10.77.0.1:7400/api/v1/%3$s'"
                .formatted(LabMachine.DATA, accept, path);
    }

    private static String traefik(LabMachine mars) {
        var http = JSON.readTree(get(mars, "discovery/traefik")).path("http");
        assertThat(http.path("routers").path("shop-web").path("rule").asString())
                .isEqualTo("Host(`shop.example.org`)");
        assertThat(http.path("routers").path("shop-web").path("service").asString())
                .isEqualTo("shop-web");
        return http.path("services").path("shop-web").path("loadBalancer").toString();
    }

    private static String url(String address, String instance) {
        return "\"url\":\"http://%s:%d\"".formatted(address, port(instance));
    }

    private static String ordinal(String instance) {
        return instance.substring(instance.lastIndexOf('.') + 1);
    }

    /** Replica n has the n-th port. */
    private static int port(String instance) {
        return 8080 + Integer.parseInt(ordinal(instance));
    }

    private void prometheus(LabMachine mars) {
        var file = Lab.write(temporary.resolve("prometheus.yml"), prometheusConfiguration());
        mars.start(
                "prometheus --config.file=%s --storage.tsdb.path=%s --web.listen-address=127.0.0.1:9090"
                        .formatted(file, temporary.resolve("prometheus")));
        Eventually.becomes(
                SOON,
                () -> "Prometheus is up",
                () -> mars.run("curl --fail --silent http://127.0.0.1:9090/-/ready").code() == 0);
    }

    private static void awaitTargets(LabMachine mars, Map<String, String> wanted) {
        Eventually.becomes(
                SOON,
                () -> "Prometheus scrapes %s: %s".formatted(wanted, targets(mars)),
                () -> wanted.equals(targets(mars)));
    }

    /** Where Prometheus scrapes each instance, and how that goes. */
    private static Map<String, String> targets(LabMachine mars) {
        var answer =
                JSON.readTree(
                        mars.shell(
                                "curl --fail --silent --show-error 'http://127.0.0.1:9090/api/v1/targets?state=active'"));
        var targets = new TreeMap<String, String>();
        for (var target : answer.path("data").path("activeTargets")) {
            targets.put(
                    target.path("labels").path("olympus_instance").asString(),
                    "%s %s"
                            .formatted(
                                    target.path("labels").path("instance").asString(),
                                    target.path("health").asString()));
        }
        return targets;
    }

    private static void awaitPushed(Path events, Map<String, String> wanted) {
        Eventually.becomes(
                SOON,
                () -> "pushed: " + Installation.read(events),
                () -> wanted.equals(lastPushed(events)));
    }

    /** What the last whole event of a stream tells. */
    private static Map<String, String> lastPushed(Path events) {
        var text = Installation.read(events);
        var whole = text.substring(0, Math.max(0, text.lastIndexOf("\n\n")));
        return whole.lines()
                .filter(line -> line.startsWith("data:"))
                .reduce((_, later) -> later)
                .map(line -> found(JSON.readTree(line.substring("data:".length()))))
                .orElse(Map.of());
    }

    /**
     * Two that can run anywhere, and one that is bound to venus; each has a page for Prometheus.
     */
    private static String stack(Path page) {
        return """
        name: shop
        services:
          web:
            command: exec python3 -m http.server $$OLYMPUS_PORT --directory %1$s
            ports: ["8081-8082"]
            deploy: { replicas: 2, placement: { constraints: ["node.labels.role == web"] } }
            labels:
              prometheus.scrape: "true"
              traefik.http.routers.web.rule: Host(`shop.example.org`)
          db:
            command: exec python3 -m http.server $$OLYMPUS_PORT --directory %1$s
            ports: ["8090"]
            deploy: { placement: { constraints: ["node.labels.disk == fast"] } }
            labels: { prometheus.scrape: "true" }
        """
                .formatted(page);
    }

    private static String prometheusConfiguration() {
        return """
        scrape_configs:
          - job_name: olympus
            scrape_interval: 1s
            http_sd_configs:
              - url: https://10.77.0.1:7400/api/v1/discovery/prometheus
                refresh_interval: 1s
                authorization: { type: Bearer, credentials_file: %1$s/admin.token }
                tls_config: { ca_file: %1$s/keys/https-ca.pem }
            relabel_configs:
              - { source_labels: [__meta_olympus_label_prometheus_scrape], regex: "true", action: keep }
              - { source_labels: [__meta_olympus_instance], target_label: olympus_instance }
        """
                .formatted(LabMachine.DATA);
    }
}
