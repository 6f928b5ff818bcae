package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.proto.ServerMessage;

/**
 * The commands that run on one node by way of one stream. Threading: any thread. Limit: {@link
 * LinkLimits#MAX_EXECS}.
 */
final class NodeExecs {

    private final EventLoop loop;
    private final Consumer<ServerMessage> send;
    private final Map<Long, NodeExec> open = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong(1);
    private volatile boolean over;

    NodeExecs(EventLoop loop, Consumer<ServerMessage> send) {
        this.loop = loop;
        this.send = send;
    }

    void start(ExecRequest request, CompletableFuture<ExecSession> started) {
        if (open.size() >= LinkLimits.MAX_EXECS) {
            started.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "%d commands run on that node already; end one first"
                                    .formatted(open.size())));
            return;
        }
        var id = next.getAndIncrement();
        var exec = new NodeExec(id, send, () -> open.remove(id), started);
        open.put(id, exec);
        send.accept(ServerMessage.newBuilder().setExecStart(ExecWire.start(id, request)).build());
        loop.schedule(LinkLimits.EXEC_START_DEADLINE, () -> overdue(exec, started));
        if (over) {
            exec.fail(ErrorCode.UNAVAILABLE, "the node is not connected");
        }
    }

    private static void overdue(NodeExec exec, CompletableFuture<ExecSession> started) {
        if (!started.isDone()) {
            started.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "the node did not say within %d s whether the command runs"
                                    .formatted(LinkLimits.EXEC_START_DEADLINE.toSeconds())));
            exec.cancel();
        }
    }

    void with(long id, Consumer<NodeExec> tell) {
        var exec = open.get(id);
        if (exec != null) {
            tell.accept(exec);
        }
    }

    void failAll(String reason) {
        over = true;
        List.copyOf(open.values()).forEach(exec -> exec.fail(ErrorCode.UNAVAILABLE, reason));
    }
}
