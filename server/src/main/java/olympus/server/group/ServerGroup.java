package olympus.server.group;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Hermes;
import olympus.hermes.Operation;
import olympus.hermes.StoreStatus;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.log.Group;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.server.group.GroupPlan.Step;
import olympus.server.group.ServerRecord.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the log's members those that the records want, while this server leads; and keeps this
 * server's own record true, whoever leads.
 *
 * <p>Threading: everything on its loop. Limits: one change at a time; what fails is tried again
 * after {@link #FIRST_WAIT}, later up to {@link #LONGEST_WAIT}.
 */
public final class ServerGroup implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Hermes hermes;
    private final Group group;
    private final KnownServers servers;
    private final Supplier<Optional<ServerRecord>> self;
    private final EventLoop loop;
    private final Clock clock;
    private final Map<String, Wait> waits = new HashMap<>();
    private Optional<EventLoop.Cancellable> timer = Optional.empty();
    private boolean acting;
    private boolean writing;
    private boolean closed;
    private volatile Runnable listening = () -> {};

    private record Wait(Duration length, long untilNanos) {}

    /**
     * @param self this server's record as it should be, once that is known
     */
    public ServerGroup(
            Hermes hermes,
            Group group,
            KnownServers servers,
            Supplier<Optional<ServerRecord>> self,
            EventLoop loop,
            Clock clock) {
        this.hermes = hermes;
        this.group = group;
        this.servers = servers;
        this.self = self;
        this.loop = loop;
        this.clock = clock;
    }

    /** Begins. To be called once. */
    public void start() {
        listening = servers.onChange(_ -> loop.execute(this::look));
        loop.execute(this::tick);
    }

    private void tick() {
        if (!closed) {
            timer = Optional.of(loop.schedule(LOOK_AGAIN, this::tick));
            look();
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        keepOwnRecord();
        if (!acting && !group.alone() && leads()) {
            GroupPlan.next(servers.all(), group.members(), group.self(), this::isPatienceOver)
                    .ifPresent(this::act);
        }
    }

    private boolean leads() {
        return hermes.status().role() == StoreStatus.Role.LEADER;
    }

    private boolean isPatienceOver(String member) {
        var wait = waits.get(member);
        return wait == null || clock.monotonicNanos() - wait.untilNanos() >= 0;
    }

    private void act(Step step) {
        acting = true;
        LOG.atInfo().addKeyValue("step", step).log("changing the group of servers");
        var _ = carryOut(step).whenCompleteAsync((_, error) -> ended(step, error), loop);
    }

    private CompletionStage<?> carryOut(Step step) {
        var from = group.members();
        return switch (step) {
            case Step.Confirm(var server) ->
                    write(server, new Operation.Put(server.key(), bytes(settled(server))));
            case Step.Forget(var server) -> write(server, new Operation.Delete(server.key()));
            case Step.HandOver(var member, var to) -> group.transferLeadership(to);
            case Step.Remove(var member) -> group.change(from, without(from, member));
            case Step.Add(var newcomer) ->
                    tooOld(newcomer.id())
                            .<CompletionStage<?>>map(CompletableFuture::failedFuture)
                            .orElseGet(() -> group.change(from, with(from, newcomer)));
        };
    }

    /** It would be counted, and stop at the first entry that it does not understand. */
    private Optional<OlympusException> tooOld(String member) {
        var used = hermes.status().featureLevel();
        return servers.find(member)
                .filter(server -> server.featureLevel().orElse(1) < used)
                .map(server ->
                        new OlympusException(
                                ErrorCode.CONFLICT,
                                "its version %s understands feature level %d, and the island uses %d by now: remove it (`olympus servers remove %s`), update it, and have it join anew"
                                        .formatted(
                                                server.version(),
                                                server.featureLevel().orElse(1),
                                                used,
                                                member)));
    }

    private static ServerRecord settled(ServerRecord server) {
        return server.in(State.MEMBER, Optional.empty());
    }

    private static Members with(Members from, Member newcomer) {
        var voters = new ArrayList<>(from.voters());
        voters.add(newcomer);
        return new Members(voters);
    }

    private static Members without(Members from, String member) {
        return new Members(
                from.voters().stream().filter(other -> !other.id().equals(member)).toList());
    }

    private void ended(Step step, @org.jspecify.annotations.Nullable Throwable error) {
        acting = false;
        if (error == null) {
            waits.remove(step.member());
            LOG.atInfo().addKeyValue("step", step).log("the group of servers has changed");
            look();
            return;
        }
        var before = waits.get(step.member());
        var length = before == null ? FIRST_WAIT : before.length().multipliedBy(2);
        var bounded = length.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : length;
        waits.put(step.member(), new Wait(bounded, clock.monotonicNanos() + bounded.toNanos()));
        waits.keySet().removeIf(member -> servers.find(member).isEmpty());
        var why = reason(error);
        LOG.atWarn()
                .addKeyValue("step", step)
                .addKeyValue("cause", why)
                .addKeyValue("again-in", bounded)
                .log("the group of servers was not changed");
        tellProblem(step.member(), why);
    }

    private static String reason(Throwable error) {
        var cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    /** So that every server can say why somebody is not in, or not out, yet. */
    private void tellProblem(String member, String why) {
        servers.find(member)
                .filter(server -> !server.problem().equals(Optional.of(why)))
                .ifPresent(server -> {
                    var told = server.in(server.state(), Optional.of(why));
                    var _ = write(server, new Operation.Put(server.key(), bytes(told)));
                });
    }

    // This server's own record.

    private void keepOwnRecord() {
        if (writing || hermes.status().role() == StoreStatus.Role.STARTING) {
            return;
        }
        self.get().flatMap(this::corrected).ifPresent(this::writeOwn);
    }

    /** The own record as it should be, when it is not. */
    private Optional<ServerRecord> corrected(ServerRecord wanted) {
        var known = servers.find(wanted.member());
        if (known.isEmpty()) {
            // A server that was removed does not put itself back: others must let it in.
            return group.members().find(wanted.member()).isPresent()
                    ? Optional.of(wanted)
                    : Optional.empty();
        }
        var now = known.get();
        var should =
                new ServerRecord(
                        wanted.member(),
                        wanted.node(),
                        wanted.name(),
                        wanted.peers(),
                        wanted.agents(),
                        wanted.api(),
                        wanted.version(),
                        wanted.featureLevel(),
                        wanted.certificatesEnd(),
                        now.since(),
                        now.state(),
                        now.problem());
        return should.equals(now) ? Optional.empty() : Optional.of(should);
    }

    private void writeOwn(ServerRecord server) {
        writing = true;
        var written =
                servers.find(server.member())
                        .map(known -> write(known, new Operation.Put(server.key(), bytes(server))))
                        .orElseGet(() ->
                                transact(
                                        new Transaction(
                                                List.of(new Condition.Absent(server.key())),
                                                List.of(
                                                        new Operation.Put(
                                                                server.key(), bytes(server))))));
        var _ =
                written.whenCompleteAsync(
                        (_, error) -> {
                            writing = false;
                            if (error != null) {
                                LOG.atWarn()
                                        .addKeyValue("cause", reason(error))
                                        .log("this server's record was not written; tried again");
                            }
                        },
                        loop);
    }

    /** Only while the record is still what the decision was made from. */
    private CompletionStage<TransactionResult> write(ServerRecord known, Operation operation) {
        return transact(
                new Transaction(
                        List.of(new Condition.ValueIs(known.key(), bytes(known))),
                        List.of(operation)));
    }

    private CompletionStage<TransactionResult> transact(Transaction transaction) {
        return hermes.transact(transaction)
                .thenApply(result -> {
                    if (result instanceof TransactionResult.Committed
                            || result instanceof TransactionResult.Conflict) {
                        // After a conflict the next look sees what the record is now.
                        return result;
                    }
                    throw new CompletionException(
                            new IllegalStateException("not written: " + result));
                });
    }

    private static Bytes bytes(ServerRecord server) {
        return Bytes.wrap(ServerRecord.CODEC.encodeBytes(server));
    }

    @Override
    public void close() {
        listening.run();
        loop.execute(() -> {
            closed = true;
            timer.ifPresent(EventLoop.Cancellable::cancel);
        });
    }
}
