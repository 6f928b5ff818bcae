package olympus.server.group;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.hermes.MemberReport;
import olympus.hermes.Operation;
import olympus.hermes.StoreStatus;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.log.Group;
import olympus.server.deadline.Deadline;
import olympus.server.group.ServerRecord.State;

/**
 * What people may see and order of the island's servers.
 *
 * @param node this server's part of the store; empty where it could not be opened
 * @param admission empty where the store could not be opened
 */
public record Servers(
        Hermes hermes,
        KnownServers known,
        Optional<HermesNode> node,
        Optional<Admission> admission,
        Deadline deadline) {

    private static final Duration REPORTS_WITHIN = Duration.ofMillis(1_500);

    /** Those of a process without a store of its own. */
    public static Servers none(Hermes hermes, Deadline deadline) {
        return new Servers(
                hermes, new KnownServers(hermes), Optional.empty(), Optional.empty(), deadline);
    }

    /**
     * A server, as it is shown.
     *
     * @param voter whether the log counts it
     * @param leader whether it leads, as far as this server knows
     */
    public record Shown(ServerRecord server, boolean voter, boolean leader) {}

    public List<Shown> shown() {
        var leader = hermes.status().leader();
        return known.all().stream()
                .map(server ->
                        new Shown(
                                present(server),
                                group().map(Group::members)
                                        .flatMap(members -> members.find(server.member()))
                                        .isPresent(),
                                leader.equals(Optional.of(server.member()))))
                .toList();
    }

    /** Who has halted cannot write that into its record. */
    private ServerRecord present(ServerRecord server) {
        var halted = hermes.status().halted();
        return halted.isPresent() && self().equals(Optional.of(server.member()))
                ? server.in(server.state(), Optional.of("its store has halted: " + halted.get()))
                : server;
    }

    private Optional<Group> group() {
        return node.map(HermesNode::group);
    }

    /**
     * How those are that the log counts; waits {@link #REPORTS_WITHIN} for one that does not
     * answer. Of nobody where the store could not be opened.
     */
    public GroupHealth health() {
        return node.filter(store -> store.status().halted().isEmpty())
                .map(store ->
                        new GroupHealth(
                                deadline.await(
                                        store.reports(REPORTS_WITHIN), "asking the servers")))
                .orElseGet(() -> new GroupHealth(Map.of()));
    }

    /** This server's name in the group; empty where the store could not be opened. */
    public Optional<String> self() {
        return group().map(Group::self);
    }

    /** What a person should know of how many servers there are; each a sentence. */
    public List<String> advice() {
        var staying =
                known.all().stream().filter(server -> server.state() != State.LEAVING).count();
        var sentences = new ArrayList<String>();
        if (staying > 0 && staying % 2 == 0) {
            var bearable = (staying - 1) / 2;
            var bears =
                    bearable == 0
                            ? "both stop when one fails"
                            : "both go on without %d of them, and not without %d"
                                    .formatted(bearable, bearable + 1);
            sentences.add(
                    "%d servers are worse than %d: %s, and there is one more that can fail; add one or remove one"
                            .formatted(staying, staying - 1, bears));
        }
        return List.copyOf(sentences);
    }

    /** The same, and what follows from who does not answer; each a sentence. */
    public List<String> advice(GroupHealth health) {
        var sentences = new ArrayList<>(advice());
        for (var server : known.all()) {
            if (health.reports().containsKey(server.member())
                    && health.of(server.member()).isEmpty()) {
                sentences.add(silent(server, health));
            }
        }
        return List.copyOf(sentences);
    }

    private static String silent(ServerRecord server, GroupHealth health) {
        return "%s does not answer (it is away, or its store has halted: `olympus doctor --address %s`) and counts all the same: %d of %d must answer, %d do; if it does not come back: olympus servers remove %s, then let it join anew with an empty data folder"
                .formatted(
                        server.member(),
                        server.api(),
                        health.needed(),
                        health.voting(),
                        health.answering(),
                        server.member());
    }

    public Admission admitting() {
        return admission.orElseThrow(() ->
                new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "the store of this server is not open: %s"
                                .formatted(hermes.status().halted().orElse("it is starting"))));
    }

    /**
     * Orders that a server leaves; it has left when it is not shown any more.
     *
     * @param named as in {@link #require}
     */
    public ServerRecord remove(String named) {
        var server = require(named);
        var member = server.member();
        if (server.state() == State.LEAVING) {
            return server;
        }
        var others =
                known.all().stream()
                        .filter(other -> !other.member().equals(member))
                        .filter(other -> other.state() == State.MEMBER)
                        .count();
        if (server.state() == State.MEMBER && others == 0) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s is the island's only server and cannot be removed; to end it, stop it and delete its data folder"
                            .formatted(member));
        }
        var leaving = server.in(State.LEAVING, Optional.empty());
        var result =
                deadline.await(
                        hermes.transact(
                                new Transaction(
                                        List.of(new Condition.ValueIs(server.key(), bytes(server))),
                                        List.of(new Operation.Put(server.key(), bytes(leaving))))),
                        "removing " + member);
        if (!(result instanceof TransactionResult.Committed)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "removing %s: its record changed meanwhile, or was not written (%s); look and try again"
                            .formatted(member, result));
        }
        return leaving;
    }

    /**
     * Has a server lead; returns when it does.
     *
     * @param named as in {@link #require}
     */
    public ServerRecord lead(String named) {
        var server = require(named);
        var member = server.member();
        var present = group().orElseThrow(() -> notLeading("this server's store is not open"));
        if (hermes.status().leader().equals(Optional.of(member))) {
            return server;
        }
        if (present.members().find(member).isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s is no voter of the island yet (%s), and cannot lead"
                            .formatted(member, server.problem().orElse("it is joining")));
        }
        if (hermes.status().role() != StoreStatus.Role.LEADER) {
            throw notLeading("only the server that leads can hand over");
        }
        health().of(member)
                .flatMap(MemberReport::refused)
                .ifPresent(why -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "%s takes no writes at present and cannot lead: %s"
                                    .formatted(member, why));
                });
        deadline.await(present.transferLeadership(member), "handing the lead over to " + member);
        return server;
    }

    private OlympusException notLeading(String why) {
        return new OlympusException(
                ErrorCode.UNAVAILABLE,
                "%s; leading is %s"
                        .formatted(why, hermes.status().leader().orElse("nobody that it knows")));
    }

    /**
     * The server of this name.
     *
     * @param named the server's own name, or that of its machine where only one has it
     */
    public ServerRecord require(String named) {
        return known.find(named)
                .or(() -> {
                    var there =
                            known.all().stream()
                                    .filter(server -> server.name().equals(named))
                                    .toList();
                    return there.size() == 1 ? Optional.of(there.getFirst()) : Optional.empty();
                })
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.NOT_FOUND,
                                "there is no server \"%s\"; there are %s"
                                        .formatted(
                                                named,
                                                known.all().stream()
                                                        .map(server ->
                                                                "%s (%s)"
                                                                        .formatted(
                                                                                server.member(),
                                                                                server.name()))
                                                        .toList())));
    }

    private static Bytes bytes(ServerRecord server) {
        return Bytes.wrap(ServerRecord.CODEC.encodeBytes(server));
    }
}
