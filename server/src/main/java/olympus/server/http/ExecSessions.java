package olympus.server.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ExecSession;

/**
 * The commands that run in instances by way of this server: started, and waiting for the WebSocket
 * of whoever started them, or connected. Threading: any thread. Limits: {@link #MAX_SESSIONS} at a
 * time; one that nobody connects to within {@link #CONNECTED_WITHIN} is ended.
 */
final class ExecSessions {

    static final int MAX_SESSIONS = 32;
    static final Duration CONNECTED_WITHIN = Duration.ofSeconds(15);

    private static final int ID_BYTES = 16;

    private final Semaphore free = new Semaphore(MAX_SESSIONS);
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(String owner, ExecSession session) {}

    /** Starts a command where there is room; answers with the session's id. */
    String admit(Caller owner, Supplier<ExecSession> start) {
        if (!free.tryAcquire()) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "%d commands run in instances by way of this server already; end one first"
                            .formatted(MAX_SESSIONS));
        }
        ExecSession session;
        try {
            session = start.get();
        } catch (RuntimeException e) {
            free.release();
            throw e;
        }
        var bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        var id = HexFormat.of().formatHex(bytes);
        waiting.put(id, new Waiting(owner.name(), session));
        CompletableFuture.delayedExecutor(CONNECTED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> expire(id));
        return id;
    }

    private void expire(String id) {
        var forgotten = waiting.remove(id);
        if (forgotten != null) {
            forgotten.session().cancel();
            free.release();
        }
    }

    /** The session, once, for whoever started it; to be given back by {@link #ended}. */
    Optional<ExecSession> claim(String id, Caller owner) {
        var found = waiting.get(id);
        return found != null && found.owner().equals(owner.name()) && waiting.remove(id, found)
                ? Optional.of(found.session())
                : Optional.empty();
    }

    void ended() {
        free.release();
    }

    /** Ends what nobody has connected to. */
    void close() {
        List.copyOf(waiting.keySet()).forEach(this::expire);
    }
}
