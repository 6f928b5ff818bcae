package olympus.server;

import java.time.Duration;
import java.util.Optional;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.AgentLinks;
import olympus.link.keys.NodeKeys;

/**
 * What becomes of a token with which a machine is started that was let in before: nothing, as long
 * as the island takes it. It is used once, when a server says that the machine does not belong to
 * it any more, when none answers for {@link #ALONE}, or when nothing can be dialled at all.
 *
 * <p>Threading: {@link #ask} blocks its caller; watching goes on on the loop that it is given,
 * until the first server takes the machine, and asks on a thread of its own.
 */
final class AskingAgain implements AutoCloseable {

    /** After this without a word of any server, they are taken to have moved. */
    static final Duration ALONE = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(250);

    private final UpOptions.Terminal terminal;
    private Optional<AgentOptions.Again> token;
    private boolean closed;

    AskingAgain(Optional<AgentOptions.Again> token, UpOptions.Terminal terminal) {
        this.token = token;
        this.terminal = terminal;
    }

    private synchronized Optional<AgentOptions.Again> take() {
        var taken = closed ? Optional.<AgentOptions.Again>empty() : token;
        token = Optional.empty();
        return taken;
    }

    /** Asks, where that was not done before. */
    void ask(NodeKeys keys) {
        take().ifPresent(again -> {
            try {
                var _ = again.ask(keys);
            } catch (OlympusException e) {
                tell(e);
            }
        });
    }

    /** Asks once it is seen that the island does not take the machine as it is. */
    void watch(NodeKeys keys, AgentLinks links, AgentServers servers, EventLoop loop) {
        var alone = terminal.clock().monotonicNanos() + ALONE.toNanos();
        loop.execute(() -> look(new Watched(keys, links, servers, loop, alone)));
    }

    /**
     * @param aloneNanos when servers that have said nothing are taken to have moved
     */
    private record Watched(
            NodeKeys keys,
            AgentLinks links,
            AgentServers servers,
            EventLoop loop,
            long aloneNanos) {}

    private void look(Watched watched) {
        if (!isWaiting()) {
            return;
        }
        var isNeeded =
                switch (watched.links.standing()) {
                    case TAKEN -> {
                        var _ = take();
                        yield false;
                    }
                    case REFUSED -> true;
                    case UNANSWERED -> terminal.clock().monotonicNanos() - watched.aloneNanos >= 0;
                };
        if (isNeeded) {
            take().ifPresent(again ->
                    Thread.ofVirtual()
                            .name("asking-again")
                            .start(() -> ask(again, watched.keys, watched.servers)));
        } else {
            var _ = watched.loop.schedule(LOOK, () -> look(watched));
        }
    }

    private synchronized boolean isWaiting() {
        return !closed && token.isPresent();
    }

    private void ask(AgentOptions.Again again, NodeKeys keys, AgentServers servers) {
        try {
            servers.letIn(again.ask(keys));
        } catch (OlympusException e) {
            tell(e);
        }
    }

    private void tell(OlympusException why) {
        terminal.err()
                .println(
                        "olympus agent: this machine was let in before and goes on as it is; --server and --token were of no use: "
                                + why.getMessage());
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
