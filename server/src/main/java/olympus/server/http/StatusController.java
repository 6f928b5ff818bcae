package olympus.server.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import olympus.hermes.StoreStatus;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How the server itself is. */
@RestController
final class StatusController {

    private static final MediaType PROMETHEUS =
            MediaType.parseMediaType("text/plain;version=0.0.4;charset=utf-8");

    private final Backend backend;
    private final PrometheusMeterRegistry metrics;

    StatusController(Backend backend, PrometheusMeterRegistry metrics) {
        this.backend = backend;
        this.metrics = metrics;
    }

    @GetMapping(path = Api.V1 + "/status", produces = Api.JSON)
    Answers.Status status() {
        var store = backend.hermes().status();
        var self = backend.outside().self();
        return new Answers.Status(
                self.name(),
                self.version(),
                store.islandId(),
                store.incarnation(),
                store.epoch(),
                store.revision(),
                store.role().name().toLowerCase(Locale.ROOT),
                store.role() == StoreStatus.Role.LEADER,
                backend.leadership().isKnown(),
                backend.leadership().leader(),
                backend.island().servers().known().all().size(),
                store.halted(),
                store.writesRefused(),
                Stream.concat(
                                store.problems().stream(),
                                backend.outside().problems().all().stream())
                        .toList(),
                Duration.between(self.startedAt(), backend.clock().wall()).toSeconds());
    }

    @GetMapping(path = Api.V1 + "/doctor", produces = Api.JSON)
    Answers.Checks doctor() {
        return new Answers.Checks(
                backend.outside().doctor().get().stream().map(Answers.Check::of).toList());
    }

    @GetMapping(path = Api.V1 + "/openapi.json", produces = Api.JSON)
    ResponseEntity<byte[]> openApi() throws IOException {
        try (InputStream page =
                StatusController.class.getResourceAsStream("/olympus/server/openapi.json")) {
            if (page == null) {
                throw new IllegalStateException("openapi.json is missing from this build");
            }
            return ResponseEntity.ok(page.readAllBytes());
        }
    }

    @GetMapping(path = "/healthz", produces = MediaType.TEXT_PLAIN_VALUE)
    String health() {
        return "ok\n";
    }

    @GetMapping(path = "/readyz", produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> ready() {
        var readiness = backend.outside().readiness().get();
        return readiness.ready()
                ? ResponseEntity.ok("ready\n")
                : ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                        .body(readiness.reason() + "\n");
    }

    @GetMapping(path = "/metrics")
    ResponseEntity<String> metrics() {
        return ResponseEntity.ok().contentType(PROMETHEUS).body(metrics.scrape());
    }
}
