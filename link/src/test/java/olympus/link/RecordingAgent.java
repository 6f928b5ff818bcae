package olympus.link;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;

/** Orders that are written down; logs come from a source that the test gives. */
final class RecordingAgent implements AgentSide.Orders {

    sealed interface Told {
        record Assigned(Assignment assignment, Map<SecretRef, String> secrets) implements Told {}

        record Recorded(long upTo) implements Told {}

        record Paused(Pause pause) implements Told {}

        record Connected() implements Told {}

        record Leased(LeaseGrant grant) implements Told {}

        record LogsCancelled() implements Told {}
    }

    final Journal<Told> journal = new Journal<>();
    volatile BiFunction<LogRequest, LogSink, Runnable> logs =
            (request, sink) -> {
                sink.end(Optional.of("no logs here"));
                return () -> {};
            };

    volatile Function<NodeQuestion, CompletionStage<NodeAnswer>> answers =
            question ->
                    CompletableFuture.failedStage(
                            new OlympusException(ErrorCode.NOT_FOUND, "nothing is known here"));

    volatile Consumer<ExecCall> commands =
            call -> call.failed(ErrorCode.NOT_FOUND, "no commands here");

    @Override
    public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
        journal.add(new Told.Assigned(assignment, secrets));
    }

    @Override
    public void eventsRecorded(long upToSequence) {
        journal.add(new Told.Recorded(upToSequence));
    }

    @Override
    public void pause(Pause pause) {
        journal.add(new Told.Paused(pause));
    }

    @Override
    public Runnable streamLogs(LogRequest request, LogSink sink) {
        var cancel = logs.apply(request, sink);
        return () -> {
            journal.add(new Told.LogsCancelled());
            cancel.run();
        };
    }

    @Override
    public CompletionStage<NodeAnswer> ask(NodeQuestion question) {
        return answers.apply(question);
    }

    @Override
    public void exec(ExecCall call) {
        commands.accept(call);
    }

    @Override
    public void leased(LeaseGrant grant) {
        journal.add(new Told.Leased(grant));
    }

    @Override
    public void connected() {
        journal.add(new Told.Connected());
    }

    Told.Assigned awaitAssignment(Assignment.Stamp stamp) {
        return (Told.Assigned)
                journal.await(told ->
                        told instanceof Told.Assigned a && a.assignment().stamp().equals(stamp));
    }

    void awaitConnections(int count) {
        journal.awaitCount(count, Told.Connected.class::isInstance);
    }
}
