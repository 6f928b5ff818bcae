package olympus.engine.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineEvent;
import olympus.engine.EngineEvent.What;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The engine's events on a thread of their own, connected again and again until closed. */
final class EventStream implements ContainerEngine.Subscription {

    /** Podman answers with its first event, whenever that is. */
    private static final Duration ANSWERS_WITHIN = Duration.ofDays(10_000);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final EngineCalls calls;
    private final Consumer<EngineEvent> listener;
    private final Thread thread;
    private volatile boolean closed;

    EventStream(EngineCalls calls, Consumer<EngineEvent> listener) {
        this.calls = calls;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("engine-events").start(this::run);
    }

    private void run() {
        var pause = FIRST_PAUSE;
        while (!closed) {
            var begun = System.nanoTime();
            var lost = read();
            if (!closed) {
                listener.accept(lost);
                if (System.nanoTime() - begun > LONGEST_PAUSE.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                LockSupport.parkNanos(pause.toNanos());
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            }
        }
    }

    private EngineEvent.Lost read() {
        var attempt = Attempt.other("listen for events");
        try {
            calls.json(EngineCalls.Call.get("/version"), attempt);
            // What happens from now on is told, also what happens before the engine listens.
            var path = path();
            listener.accept(new EngineEvent.Connected());
            return read(EngineCalls.Call.get(path), attempt);
        } catch (EngineException e) {
            return new EngineEvent.Lost(e.kind(), String.valueOf(e.getMessage()));
        }
    }

    private EngineEvent.Lost read(EngineCalls.Call call, Attempt attempt) {
        try (var flow = calls.open(call, attempt, ANSWERS_WITHIN);
                var lines =
                        new BufferedReader(
                                new InputStreamReader(flow.body(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
                if (!line.isBlank()) {
                    event(Json.parse(line.getBytes(StandardCharsets.UTF_8))).ifPresent(listener);
                }
            }
            return lost("the engine at %s ended its stream of events".formatted(calls.address()));
        } catch (IOException | JacksonException e) {
            return lost(
                    "the stream of events of the engine at %s broke: %s"
                            .formatted(calls.address(), e.getMessage()));
        }
    }

    private static EngineEvent.Lost lost(String why) {
        return new EngineEvent.Lost(Kind.ABSENT, why);
    }

    /** From a moment ago: the engine answers before it listens. */
    private static String path() {
        var since = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()) - 1;
        return "/events?since=%d&filters=%s"
                .formatted(since, EngineCalls.quote("{\"type\":[\"container\"]}"));
    }

    private static Optional<EngineEvent> event(JsonNode node) {
        var action = Json.text(node, "Action");
        var what = what(action.isEmpty() ? Json.text(node, "status") : action);
        var attributes = Json.map(Json.at(node, "Actor", "Attributes"));
        var code =
                attributes.getOrDefault(
                        "exitCode", attributes.getOrDefault("containerExitCode", ""));
        var nanos = Json.number(node, "timeNano");
        return what.map(known ->
                new EngineEvent.Happened(
                        known,
                        Json.text(node, "Actor", "ID"),
                        attributes.getOrDefault("name", ""),
                        code.matches("\\d{1,9}")
                                ? OptionalInt.of(Integer.parseInt(code))
                                : OptionalInt.empty(),
                        Instant.ofEpochSecond(
                                TimeUnit.NANOSECONDS.toSeconds(nanos),
                                nanos % TimeUnit.SECONDS.toNanos(1)),
                        attributes));
    }

    /** Podman has words of its own for some. */
    private static Optional<What> what(String action) {
        var word = action.contains(":") ? action.substring(0, action.indexOf(':')) : action;
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "create" -> Optional.of(What.CREATE);
            case "start" -> Optional.of(What.START);
            case "die", "died" -> Optional.of(What.DIE);
            case "oom" -> Optional.of(What.OOM);
            case "stop" -> Optional.of(What.STOP);
            case "health_status" -> Optional.of(What.HEALTH_STATUS);
            case "pause" -> Optional.of(What.PAUSE);
            case "unpause" -> Optional.of(What.UNPAUSE);
            case "rename" -> Optional.of(What.RENAME);
            case "destroy", "remove" -> Optional.of(What.DESTROY);
            default -> Optional.empty();
        };
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
