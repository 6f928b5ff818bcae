package olympus.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.NodeFacts;
import olympus.zeus.Directory;
import olympus.zeus.Foresight;
import olympus.zeus.Insight;
import olympus.zeus.Supposition;

/**
 * Two nodes, mars with the only instance of shop/web and venus with none; whatever is lost, it
 * would move to venus as long as somebody decides.
 */
final class ScriptedInsight implements Insight {

    static final NodeId VENUS = NodeId.parse("0b8f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b11");
    private static final InstanceId WEB = InstanceId.parse("shop/web.1");

    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile Directory directory = new Directory(7, List.of(), List.of());

    @Override
    public CompletionStage<Foresight> foresight() {
        return CompletableFuture.completedFuture(new Scripted());
    }

    @Override
    public CompletionStage<Directory> directory() {
        return CompletableFuture.completedFuture(directory);
    }

    @Override
    public EventLoop.Cancellable onDirectoryChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void become(Directory next) {
        directory = next;
        listeners.forEach(Runnable::run);
    }

    private static final class Scripted implements Foresight {

        @Override
        public long revision() {
            return 7;
        }

        @Override
        public Instant at() {
            return Instant.parse("2026-11-21T03:00:00Z");
        }

        @Override
        public Duration lossDelay() {
            return Duration.ofSeconds(15);
        }

        @Override
        public Map<NodeId, String> nodes() {
            return Map.of(RunningApi.NODE, "mars", VENUS, "venus");
        }

        @Override
        public boolean isConnected(NodeId node) {
            return true;
        }

        @Override
        public Map<String, String> labels(NodeId node) {
            return Map.of();
        }

        @Override
        public Optional<NodeFacts> facts(NodeId node) {
            return Optional.empty();
        }

        @Override
        public Optional<ServiceDefinition> definition(ServiceId service) {
            return Optional.empty();
        }

        @Override
        public Forecast suppose(Supposition supposed) {
            var isHit = supposed.lost().contains(RunningApi.NODE);
            var moves = isHit && supposed.undecided().isEmpty();
            var why = supposed.undecided().orElse(moves ? "node mars is lost" : "");
            var fate =
                    new Fate(
                            WEB,
                            RunningApi.NODE,
                            moves ? Outcome.MOVES : isHit ? Outcome.WAITS : Outcome.STAYS,
                            moves ? Optional.of(VENUS) : Optional.empty(),
                            true,
                            why);
            var gravity = moves ? Gravity.DOWN_UNTIL_MOVED : Gravity.STOPS;
            return new Forecast(
                    List.of(fate),
                    isHit
                            ? List.of(new Loss(WEB.service(), gravity, 1, 0, moves ? 1 : 0, why))
                            : List.of());
        }
    }
}
