package olympus.zeus.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.hermes.Condition;
import olympus.hermes.Hermes;
import olympus.hermes.Operation;
import olympus.hermes.StoreStatus;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.model.state.Decision;
import org.jspecify.annotations.Nullable;

/**
 * Whether Zeus may act on this server, and under which epoch.
 *
 * <pre>
 *  away ──the store leads here──▶ taking ──"take charge" is projected──▶ listening ──nodes have told, or LISTEN──▶ deciding
 *    ▲                                                                        │                                    │
 *    └──────────────── the store leads here no more, or under another epoch ──┴────────────────────────────────────┘
 * </pre>
 *
 * <p>"Take charge" is a write under {@code zeus/} and fenced by the epoch: once the projection
 * shows it, it shows everything that leaders before wrote, and no more of them can come. From then
 * on orders of people are carried out and nodes are told what is stored; plans only when every node
 * that is known has told what it runs, or its time is over.
 *
 * <p>Threading: Zeus' loop only, but {@link #isHeld}.
 */
final class Office {

    /** How long nodes are listened to before anything is decided without them. */
    static final Duration LISTEN = Duration.ofSeconds(5);

    private static final Duration TAKE_AGAIN = Duration.ofSeconds(1);

    private final Hermes hermes;
    private final EventLoop loop;
    private final Clock clock;
    private final DecidingServer server;
    private final BooleanSupplier listed;
    private final LongSupplier projected;
    private final Told told;
    private Optional<Taking> taking = Optional.empty();
    private boolean writing;
    private long notBeforeNanos;
    private long sinceNanos;
    private boolean deciding;
    private volatile Optional<Term> held = Optional.empty();

    /** A leadership: what every order is stamped and every write is fenced with. */
    record Term(long incarnation, long epoch) {}

    /** "Take charge" is stored as of this revision. */
    private record Taking(long epoch, long revision) {}

    /** Who wants to know. */
    interface Told {
        void began();

        void lost(OlympusException why);

        /** The store takes no writes at present; office is tried again. */
        void refused(OlympusException why);
    }

    /**
     * @param listed whether the projection is whole
     * @param projected how far the projection is
     */
    Office(
            Hermes hermes,
            EventLoop loop,
            Clock clock,
            DecidingServer server,
            BooleanSupplier listed,
            LongSupplier projected,
            Told told) {
        this.hermes = hermes;
        this.loop = loop;
        this.clock = clock;
        this.server = server;
        this.listed = listed;
        this.projected = projected;
        this.told = told;
        this.notBeforeNanos = clock.monotonicNanos();
    }

    /** Whether it was held at the last look. Any thread. */
    boolean isHeld() {
        return held.isPresent();
    }

    /** The term under which orders may be given and written at this moment. */
    Optional<Term> term() {
        return listed.getAsBoolean() ? held.filter(term -> led().equals(held)) : Optional.empty();
    }

    /** Why nothing can be ordered here; empty while it leads or may come to. */
    Optional<OlympusException> elsewhere() {
        var status = hermes.status();
        return status.role() == StoreStatus.Role.FOLLOWER
                ? Optional.of(notHere(status))
                : Optional.empty();
    }

    /** Since when it has been held, while it is. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** To be called often, and whenever the projection has moved. */
    void look() {
        var led = led();
        if (held.isPresent() && !led.equals(held)) {
            held = Optional.empty();
            told.lost(notHere(hermes.status()));
        }
        if (taking.isPresent() && !led.map(Term::epoch).equals(taking.map(Taking::epoch))) {
            taking = Optional.empty();
        }
        if (led.isEmpty() || held.isPresent() || !listed.getAsBoolean()) {
            return;
        }
        if (taking.isEmpty()) {
            take(led.get());
        } else if (projected.getAsLong() >= taking.get().revision()) {
            taking = Optional.empty();
            begin(led.get());
        }
    }

    /**
     * Whether plans are carried out; once they are, for the whole term.
     *
     * @param silent whether a node that is known has not told what it runs
     */
    boolean mayDecide(BooleanSupplier silent) {
        deciding = deciding || isOver(sinceNanos + LISTEN.toNanos()) || !silent.getAsBoolean();
        return deciding;
    }

    private void begin(Term term) {
        held = Optional.of(term);
        sinceNanos = clock.monotonicNanos();
        deciding = false;
        told.began();
    }

    /** Bounds the stream of decisions and says who leads. */
    private void take(Term term) {
        if (writing || !isOver(notBeforeNanos)) {
            return;
        }
        writing = true;
        var decision =
                new Decision(
                        clock.wall(),
                        StepWriter.ZEUS,
                        "take charge",
                        "island",
                        "",
                        "this server started or took over",
                        "epoch " + term.epoch());
        var write =
                new Transaction(
                        List.of(new Condition.EpochIs(term.epoch())),
                        server.sign(
                                List.of(
                                        new Operation.LimitStream(
                                                ZeusKeys.DECISIONS, Controller.DECISION_LIMITS),
                                        StackChanges.append(decision))));
        var _ = hermes.transact(write).whenCompleteAsync((result, _) -> taken(term, result), loop);
    }

    private void taken(Term term, @Nullable TransactionResult result) {
        writing = false;
        if (result instanceof TransactionResult.Committed(var revision)) {
            taking = Optional.of(new Taking(term.epoch(), revision));
        } else {
            notBeforeNanos = clock.monotonicNanos() + TAKE_AGAIN.toNanos();
            if (result instanceof TransactionResult.Refused(var code, var message)) {
                told.refused(new OlympusException(code, message));
            }
        }
        look();
    }

    /** As the store tells it; read once, because it changes at any moment. */
    private Optional<Term> led() {
        var status = hermes.status();
        return status.role() == StoreStatus.Role.LEADER && status.epoch() > 0
                ? Optional.of(new Term(status.incarnation(), status.epoch()))
                : Optional.empty();
    }

    private boolean isOver(long nanos) {
        return clock.monotonicNanos() - nanos >= 0;
    }

    private static OlympusException notHere(StoreStatus status) {
        return new OlympusException(
                ErrorCode.UNAVAILABLE,
                status.leader()
                        .filter(_ -> status.role() == StoreStatus.Role.FOLLOWER)
                        .map("nothing was done: this server does not lead; %s does"::formatted)
                        .orElse(
                                "nothing was done: no server leads at present; try again in a moment"));
    }
}
