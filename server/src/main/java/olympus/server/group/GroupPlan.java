package olympus.server.group;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.server.group.ServerRecord.State;

/**
 * What the leader does next so that the log's members become those that are wanted: one thing at a
 * time, those that shrink the group first, so that it never grows past what is wanted.
 */
final class GroupPlan {

    private GroupPlan() {}

    /** One thing to do. */
    sealed interface Step {

        /** Whose membership it is about. */
        String member();

        /** It belongs to the group by now: say so. */
        record Confirm(ServerRecord server) implements Step {
            @Override
            public String member() {
                return server.member();
            }
        }

        /** It has left: forget it. */
        record Forget(ServerRecord server) implements Step {
            @Override
            public String member() {
                return server.member();
            }
        }

        /** The leader shall leave: another must lead first. */
        record HandOver(String member, String to) implements Step {}

        record Remove(String member) implements Step {}

        record Add(Member newcomer) implements Step {
            @Override
            public String member() {
                return newcomer.id();
            }
        }
    }

    /** Whether {@code waiting} may be tried again already. */
    interface Patience {
        boolean isOver(String member);
    }

    /**
     * The next step, empty when all is as wanted or has to wait.
     *
     * @param present the members of the log
     * @param self who leads
     */
    static Optional<Step> next(
            List<ServerRecord> wanted, Members present, String self, Patience patience) {
        return first(wanted, record -> settle(record, present))
                .or(() ->
                        first(
                                wanted,
                                record ->
                                        record.state() == State.LEAVING
                                                        && patience.isOver(record.member())
                                                ? leave(record, wanted, present, self)
                                                : Optional.empty()))
                .or(() ->
                        first(
                                wanted,
                                record ->
                                        record.state() == State.JOINING
                                                        && patience.isOver(record.member())
                                                ? join(record)
                                                : Optional.empty()));
    }

    private interface Look {
        Optional<Step> at(ServerRecord server);
    }

    private static Optional<Step> first(List<ServerRecord> wanted, Look look) {
        return wanted.stream()
                .sorted(Comparator.comparing(ServerRecord::since))
                .flatMap(server -> look.at(server).stream())
                .findFirst();
    }

    private static Optional<Step> settle(ServerRecord server, Members present) {
        var isThere = present.find(server.member()).isPresent();
        return switch (server.state()) {
            case JOINING ->
                    isThere ? Optional.of(new Step.Confirm(server)) : Optional.<Step>empty();
            case MEMBER, LEAVING ->
                    isThere ? Optional.<Step>empty() : Optional.of(new Step.Forget(server));
        };
    }

    private static Optional<Step> leave(
            ServerRecord server, List<ServerRecord> wanted, Members present, String self) {
        if (!server.member().equals(self)) {
            return Optional.of(new Step.Remove(server.member()));
        }
        return wanted.stream()
                .filter(other -> other.state() == State.MEMBER)
                .filter(other -> present.find(other.member()).isPresent())
                .findFirst()
                .map(other -> new Step.HandOver(self, other.member()));
    }

    private static Optional<Step> join(ServerRecord server) {
        return server.peers()
                .flatMap(HostAndPort::parse)
                .map(address ->
                        new Step.Add(new Member(server.member(), address.host(), address.port())));
    }
}
