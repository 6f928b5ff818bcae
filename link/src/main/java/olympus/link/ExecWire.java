package olympus.link;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.link.proto.ExecStart;
import olympus.link.proto.OnMachine;
import olympus.model.InstanceId;

/** Records about commands to messages and back; pure. As {@link Wire}. */
final class ExecWire {

    private ExecWire() {}

    static ExecStart start(long id, ExecRequest request) {
        var start =
                ExecStart.newBuilder()
                        .setRequestId(id)
                        .addAllCommand(request.command())
                        .setUser(request.user().orElse(""))
                        .setDirectory(request.directory().orElse(""))
                        .putAllEnvironment(request.environment())
                        .setInput(request.input())
                        .setCredit(LinkLimits.EXEC_WINDOW_BYTES);
        request.terminal().ifPresent(size -> start.setTerminal(size(size)));
        switch (request.target()) {
            case ExecTarget.Instance(var instance) -> start.setInstance(instance.toString());
            case ExecTarget.Machine machine ->
                    start.setOnMachine(
                            OnMachine.newBuilder()
                                    .setActor(machine.actor())
                                    .setDeadlineMillis(machine.deadline().toMillis())
                                    .setOutputBytes(machine.outputBytes()));
        }
        return start.build();
    }

    static ExecRequest request(ExecStart start) {
        try {
            return new ExecRequest(
                    target(start),
                    start.getCommandList(),
                    text(start.getUser()),
                    text(start.getDirectory()),
                    start.getEnvironmentMap(),
                    start.getInput(),
                    start.hasTerminal()
                            ? Optional.of(size(start.getTerminal()))
                            : Optional.empty());
        } catch (IllegalArgumentException e) {
            throw Wire.invalid("a command", String.valueOf(e.getMessage()), "one that can be run");
        }
    }

    private static ExecTarget target(ExecStart start) {
        if (!start.hasOnMachine()) {
            return new ExecTarget.Instance(InstanceId.parse(start.getInstance()));
        }
        if (!start.getInstance().isEmpty()) {
            throw new IllegalArgumentException(
                    "on the machine and in the instance %s at once".formatted(start.getInstance()));
        }
        var machine = start.getOnMachine();
        return new ExecTarget.Machine(
                machine.getActor(),
                Duration.ofMillis(machine.getDeadlineMillis()),
                machine.getOutputBytes());
    }

    static olympus.link.proto.TerminalSize size(TerminalSize size) {
        return olympus.link.proto.TerminalSize.newBuilder()
                .setColumns(size.columns())
                .setRows(size.rows())
                .build();
    }

    static TerminalSize size(olympus.link.proto.TerminalSize size) {
        try {
            return new TerminalSize(size.getColumns(), size.getRows());
        } catch (IllegalArgumentException e) {
            throw Wire.invalid("a size", String.valueOf(e.getMessage()), "that of a terminal");
        }
    }

    /** In order, each no larger than a message may be. */
    static List<ByteString> pieces(byte[] data) {
        var pieces = new ArrayList<ByteString>();
        for (var from = 0; from < data.length; from += LinkLimits.EXEC_MESSAGE_BYTES) {
            var length = Math.min(LinkLimits.EXEC_MESSAGE_BYTES, data.length - from);
            pieces.add(ByteString.copyFrom(data, from, length));
        }
        return pieces;
    }

    /** What a message counts against credit. */
    static long cost(ByteString data) {
        return data.size() + (long) LinkLimits.EXEC_MESSAGE_COST;
    }

    private static Optional<String> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
