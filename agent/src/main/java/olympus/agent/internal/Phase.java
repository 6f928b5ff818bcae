package olympus.agent.internal;

import java.util.Optional;
import java.util.OptionalLong;
import olympus.model.state.InstanceObservation.State;

/** Where an instance is in its life; the diagram is at {@link InstanceMachine}. */
sealed interface Phase {

    /** Nothing runs, and nothing is about to. */
    record Resting(State state) implements Phase {}

    record Starting(long run) implements Phase {}

    record Running(long run, long pid, long sinceNanos) implements Phase {}

    record Stopping(long run, long pid, Then then, String why) implements Phase {

        Stopping followedBy(Then other) {
            return new Stopping(run, pid, other, why);
        }

        Stopping of(long knownPid) {
            return new Stopping(run, knownPid, then, why);
        }
    }

    /**
     * Between an end and the restart that follows it.
     *
     * @param isPutOff it is still to start, and waits for what it needs from elsewhere
     */
    record Waiting(long dueNanos, boolean isPutOff) implements Phase {}

    /** What follows the end of a run that is being stopped. */
    enum Then {
        REST,
        REPLACE,
        RECOVER,
        FORGET;

        boolean isRestart() {
            return this == REPLACE || this == RECOVER;
        }
    }

    /** The run of which something may be there. */
    default OptionalLong liveRun() {
        return switch (this) {
            case Starting starting -> OptionalLong.of(starting.run());
            case Running running -> OptionalLong.of(running.run());
            case Stopping stopping -> OptionalLong.of(stopping.run());
            case Resting ignored -> OptionalLong.empty();
            case Waiting ignored -> OptionalLong.empty();
        };
    }

    default boolean isLive() {
        return liveRun().isPresent();
    }

    /** Of the main process, 0 when there is none or it is not known. */
    default long processId() {
        return switch (this) {
            case Running running -> running.pid();
            case Stopping stopping -> stopping.pid();
            case Starting ignored -> 0;
            case Resting ignored -> 0;
            case Waiting ignored -> 0;
        };
    }

    /**
     * Nobody saw how it ended: whatever ended agent and shim (a service manager, a container) ended
     * the instance too, which is no fault of the service.
     */
    default boolean isUnwatched() {
        return this instanceof Running running && running.pid() == 0;
    }

    /** Whether its run is being ended and is not to be followed by another. */
    default boolean isEndingForGood() {
        return this instanceof Stopping stopping
                && (stopping.then() == Then.REST || stopping.then() == Then.FORGET);
    }

    /** How its run token was finished with, if it was. */
    default Optional<State> outcome() {
        return this instanceof Resting(State state)
                        && (state == State.COMPLETED || state == State.GIVEN_UP)
                ? Optional.of(state)
                : Optional.empty();
    }

    /** As a server sees it. */
    default State shown() {
        return switch (this) {
            case Resting resting -> resting.state();
            case Starting ignored -> State.STARTING;
            case Running ignored -> State.RUNNING;
            case Stopping ignored -> State.STOPPING;
            case Waiting waiting -> waiting.isPutOff() ? State.STARTING : State.BACKOFF;
        };
    }
}
