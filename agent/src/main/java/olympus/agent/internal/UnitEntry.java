package olympus.agent.internal;

import java.util.Optional;
import java.util.OptionalLong;
import olympus.model.InstanceId;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;

/** What the {@link UnitDriver} knows of one instance. Threading: the supervision loop. */
final class UnitEntry {

    final InstanceId id;
    UnitRecord record;
    Optional<InstanceSpec> spec = Optional.empty();

    /** It is run, or looked after, as a unit now. */
    boolean active;

    /** Counts what was learnt and done: what was looked up before that is stale. */
    long changes;

    /** It is still asked what is there. */
    boolean asked;

    /** It is somebody else's from now on: nothing more is told of it. */
    boolean released;

    /** Something is being done to it; what is seen meanwhile says nothing. */
    boolean commanding;

    /** The run that is being started. */
    Optional<Attempt> starting = Optional.empty();

    /** The run that is being stopped, or that the next start is to replace. */
    Ending ending = Ending.NONE;

    String noticed = "";
    long pid;
    Optional<PidWatcher.Watch> watch = Optional.empty();

    /** Its main process has ended, which systemd has not told yet. */
    boolean isProcessOver;

    Optional<JournalPump> journal = Optional.empty();

    UnitEntry(InstanceId id, UnitRecord record) {
        this.id = id;
        this.record = record;
    }

    /**
     * A start that is under way.
     *
     * @param before the invocation at that time: the same one has not been started
     */
    record Attempt(long run, String token, String before) {}

    /** How what still runs is about to end. */
    enum Ending {
        NONE,
        /** It has been told to. */
        STOPPING,
        /** The next start restarts it, so that what hangs on it is restarted with it. */
        WITH_NEXT_START
    }

    /** As declared now; else what was known last. */
    String unit() {
        return spec.filter(wanted -> wanted.definition().workload() instanceof Workload.Unit)
                .map(wanted -> ((Workload.Unit) wanted.definition().workload()).name())
                .orElse(record.unit());
    }

    /** The one that is there or under way; else the declared one. */
    String present() {
        var isOfBefore = starting.isEmpty() && (isLive() || ending != Ending.NONE);
        return isOfBefore && !record.unit().isEmpty() ? record.unit() : unit();
    }

    /** Whether what ran last is what is declared. */
    boolean isDeclared() {
        return spec.filter(wanted ->
                        wanted.definition().workload().equals(new Workload.Unit(record.unit())))
                .isPresent();
    }

    boolean isLive() {
        return record.live();
    }

    /** The run that something is to be said of. */
    OptionalLong run() {
        return starting.map(attempt -> OptionalLong.of(attempt.run()))
                .orElseGet(() -> isLive() ? OptionalLong.of(record.run()) : OptionalLong.empty());
    }

    boolean isManaged() {
        return spec.filter(ContainerEntry::manages).isPresent();
    }

    /** Something is expected to change soon. */
    boolean isMoving() {
        return isProcessOver || starting.isPresent() || ending == Ending.STOPPING;
    }

    /** Of the run that is wanted, if it is not one that is already known. */
    String token() {
        var known = record.runToken();
        return known.isEmpty() || !isManaged()
                ? spec.map(InstanceSpec::runToken).orElse(known)
                : known;
    }
}
