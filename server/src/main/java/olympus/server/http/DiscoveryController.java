package olympus.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.server.discovery.HostsFile;
import olympus.server.discovery.NodeAddresses;
import olympus.server.discovery.PrometheusTargets;
import olympus.server.discovery.TraefikConfiguration;
import olympus.zeus.Directory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where services are reached: as the API's own answer, and in the formats of other programs. What
 * those take as the whole truth is refused (503, so that they keep what they have) while this
 * server does not know the whole of it.
 */
@RestController
final class DiscoveryController implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String RETRY_SECONDS = "5";

    /** Each look takes its time on the loop that also gives orders. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final Backend backend;
    private final EventStreams streams;
    private final ChangeSignal signal = new ChangeSignal();
    private final EventLoop.Cancellable listening;

    DiscoveryController(Backend backend, EventStreams streams) {
        this.backend = backend;
        this.streams = streams;
        this.listening = backend.island().insight().onDirectoryChange(signal::changed);
    }

    @GetMapping(path = Api.V1 + "/discovery", produces = Api.JSON)
    DiscoveryAnswers.Discovery discovery(
            @RequestParam Optional<String> stack, @RequestParam Optional<String> service) {
        return DiscoveryAnswers.Discovery.of(directory(stack, service), addresses());
    }

    @GetMapping(path = Api.V1 + "/discovery", produces = Api.SSE)
    void follow(
            @RequestParam Optional<String> stack,
            @RequestParam Optional<String> service,
            HttpServletResponse response)
            throws IOException {
        var last = Optional.<Object>empty();
        try (var events = streams.open(response)) {
            while (!events.closing()) {
                var seen = signal.count();
                var now = discovery(stack, service);
                // The revision alone is no news.
                var shown = List.of(now.unheard(), now.services());
                if (!last.equals(Optional.of(shown))) {
                    events.send("discovery", Long.toString(now.revision()), now);
                    last = Optional.of(shown);
                }
                events.flush();
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                signal.awaitMoreThan(seen, EventStreams.HEARTBEAT);
            }
        }
    }

    @GetMapping(path = Api.V1 + "/discovery/hosts", produces = MediaType.TEXT_PLAIN_VALUE)
    String hosts(
            @RequestParam(defaultValue = HostsFile.DEFAULT_SUFFIX) String suffix,
            @RequestParam Optional<String> stack,
            @RequestParam Optional<String> service) {
        return HostsFile.of(whole(stack, service), addresses(), suffix);
    }

    @GetMapping(path = Api.V1 + "/discovery/traefik", produces = Api.JSON)
    ResponseEntity<byte[]> traefik(
            @RequestParam Optional<String> stack, @RequestParam Optional<String> service) {
        return json(TraefikConfiguration.of(whole(stack, service), addresses()));
    }

    @GetMapping(path = Api.V1 + "/discovery/prometheus", produces = Api.JSON)
    ResponseEntity<byte[]> prometheus(
            @RequestParam Optional<String> stack, @RequestParam Optional<String> service) {
        return json(PrometheusTargets.of(whole(stack, service), addresses()));
    }

    private static ResponseEntity<byte[]> json(Object document) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsBytes(document));
    }

    private Directory directory(Optional<String> stack, Optional<String> service) {
        var all =
                backend.deadline()
                        .await(
                                backend.island().insight().directory(),
                                "looking where services are");
        return new Directory(
                all.revision(),
                all.unheard(),
                all.services().stream()
                        .filter(one ->
                                stack.filter(name -> !name.equals(one.id().stack().value()))
                                        .isEmpty())
                        .filter(one ->
                                service.filter(name -> !name.equals(one.id().service())).isEmpty())
                        .toList());
    }

    private Directory whole(Optional<String> stack, Optional<String> service) {
        var directory = directory(stack, service);
        if (!directory.unheard().isEmpty()) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "this server has not heard yet what runs on %s; keep what you have and ask again in %s s"
                            .formatted(String.join(", ", directory.unheard()), RETRY_SECONDS));
        }
        return directory;
    }

    private NodeAddresses addresses() {
        var agents = backend.island().agents();
        return new NodeAddresses(
                agents::advertised, agents::seenFrom, backend.island().servers().known().all());
    }

    @Override
    public void close() {
        listening.cancel();
    }
}
