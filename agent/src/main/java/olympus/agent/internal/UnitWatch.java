package olympus.agent.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.foundation.EventLoop;

/**
 * Looks at all units by one question at a time: every {@link #EVERY}, sooner when asked to, and
 * every {@link #WHILE_MOVING} while something is on its way. A systemd that hangs is asked again
 * only once the question before has failed. Threading: the supervision loop.
 */
final class UnitWatch {

    static final Duration EVERY = Duration.ofSeconds(2);
    static final Duration WHILE_MOVING = Duration.ofMillis(150);

    private final EventLoop loop;
    private final Executor blocking;
    private final Systemctl systemctl;
    private final Supplier<List<String>> units;
    private final BooleanSupplier isMoving;
    private final Answers answers;
    private boolean asking;
    private boolean again;
    private long timer;

    /** Whom it tells. */
    interface Answers {
        /** A question is about to be put; the answer is about what was so before it or later. */
        Consumer<Map<String, UnitState>> asked();

        void unanswered(String why);
    }

    UnitWatch(
            EventLoop loop,
            Executor blocking,
            Systemctl systemctl,
            Supplier<List<String>> units,
            BooleanSupplier isMoving,
            Answers answers) {
        this.loop = loop;
        this.blocking = blocking;
        this.systemctl = systemctl;
        this.units = units;
        this.isMoving = isMoving;
        this.answers = answers;
    }

    void look() {
        if (asking) {
            again = true;
            return;
        }
        var names = units.get();
        if (names.isEmpty()) {
            return;
        }
        asking = true;
        timer++;
        var told = answers.asked();
        blocking.execute(() -> {
            try {
                var states = new HashMap<String, UnitState>();
                systemctl.show(names).forEach(state -> states.put(state.unit(), state));
                loop.execute(() -> {
                    told.accept(states);
                    next();
                });
            } catch (SystemdException e) {
                loop.execute(() -> {
                    answers.unanswered(e.why());
                    asking = false;
                    lookIn(EVERY);
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void next() {
        asking = false;
        var soon = isMoving.getAsBoolean() ? WHILE_MOVING : EVERY;
        lookIn(again ? Duration.ZERO : soon);
        again = false;
    }

    private void lookIn(Duration delay) {
        var mine = ++timer;
        loop.schedule(
                delay,
                () -> {
                    if (timer == mine) {
                        look();
                    }
                });
    }
}
