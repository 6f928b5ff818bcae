package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.ExecEnd;
import olympus.link.proto.ExecInput;
import olympus.link.proto.ExecStart;

/**
 * The commands that run for people by way of one stream. All of them end with the stream.
 * Threading: messages come one at a time. Limit: {@link LinkLimits#MAX_EXECS}.
 */
final class AgentExecs {

    private final AgentSide.Orders orders;
    private final Consumer<AgentMessage> send;
    private final Map<Long, AgentExec> open = new ConcurrentHashMap<>();

    AgentExecs(AgentSide.Orders orders, Consumer<AgentMessage> send) {
        this.orders = orders;
        this.send = send;
    }

    void start(ExecStart start) {
        var id = start.getRequestId();
        if (open.size() >= LinkLimits.MAX_EXECS) {
            refuse(
                    id,
                    ErrorCode.UNAVAILABLE,
                    "%d commands run on this node already; no more are started"
                            .formatted(open.size()));
            return;
        }
        try {
            var exec = new AgentExec(start, send, () -> open.remove(id));
            open.put(id, exec);
            orders.exec(exec);
        } catch (OlympusException e) {
            open.remove(id);
            refuse(id, e.code(), String.valueOf(e.getMessage()));
        }
    }

    void input(ExecInput input) {
        var exec = open.get(input.getRequestId());
        if (exec != null && !exec.heard(input)) {
            exec.failed(ErrorCode.INVALID, "the server sent input without credit");
            exec.cancel();
        }
    }

    void credit(long id, long bytes) {
        var exec = open.get(id);
        if (exec != null) {
            exec.credit(bytes);
        }
    }

    void resize(long id, TerminalSize size) {
        var exec = open.get(id);
        if (exec != null) {
            exec.resize(size);
        }
    }

    /** It counts as running until it has ended. */
    void cancel(long id) {
        var exec = open.get(id);
        if (exec != null) {
            exec.cancel();
        }
    }

    void cancelAll() {
        List.copyOf(open.values()).forEach(AgentExec::cancel);
    }

    private void refuse(long id, ErrorCode code, String reason) {
        send.accept(
                AgentMessage.newBuilder()
                        .setExecEnd(
                                ExecEnd.newBuilder()
                                        .setRequestId(id)
                                        .setFailure(Wire.failure(code, reason)))
                        .build());
    }
}
