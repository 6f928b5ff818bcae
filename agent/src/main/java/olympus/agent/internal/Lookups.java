package olympus.agent.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks up names of hosts within a deadline, which the C library does not offer: a lookup that is
 * late goes on behind the back of who asked, and whoever asks for the same name meanwhile waits for
 * the same one. Limits: {@link #PARALLEL} names at a time, a platform thread for each, because a
 * lookup holds its thread. Threading: safe for use by any thread; blocks.
 */
final class Lookups {

    static final int PARALLEL = 16;

    private final Resolver resolver;
    private final Map<String, CompletableFuture<InetAddress>> underWay = new HashMap<>();

    /** Who knows the addresses. */
    @FunctionalInterface
    interface Resolver {
        InetAddress address(String host) throws UnknownHostException;
    }

    Lookups(Resolver resolver) {
        this.resolver = resolver;
    }

    /**
     * @param deadline of {@link System#nanoTime}
     */
    InetAddress find(String host, long deadline) throws IOException, InterruptedException {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException aName) {
            return wait(host, deadline);
        }
    }

    private InetAddress wait(String host, long deadline) throws IOException, InterruptedException {
        try {
            return answer(host).get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException(
                    "the name %s was not looked up in time".formatted(host));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException) {
                throw new UnknownHostException(host);
            }
            throw new IOException("cannot look up " + host, e);
        }
    }

    private synchronized CompletableFuture<InetAddress> answer(String host) throws IOException {
        var known = underWay.get(host);
        if (known != null) {
            return known;
        }
        if (underWay.size() >= PARALLEL) {
            throw new IOException(
                    "cannot look up %s: %d other names are being looked up already"
                            .formatted(host, PARALLEL));
        }
        var answer = new CompletableFuture<InetAddress>();
        underWay.put(host, answer);
        Thread.ofPlatform().name("agent-lookup").daemon(true).start(() -> look(host, answer));
        return answer;
    }

    private void look(String host, CompletableFuture<InetAddress> answer) {
        try {
            answer.complete(resolver.address(host));
        } catch (UnknownHostException | RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            synchronized (this) {
                underWay.remove(host);
            }
        }
    }
}
