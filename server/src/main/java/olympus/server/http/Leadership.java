package olympus.server.http;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import olympus.foundation.Poll;
import olympus.hermes.Hermes;
import olympus.hermes.StoreStatus;
import olympus.server.group.KnownServers;
import olympus.server.group.ServerRecord;

/** Who carries out what is asked of the island, as this server knows at this moment. */
record Leadership(Hermes hermes, KnownServers known) {

    /** A leader of which nothing is known yet is looked for this often. */
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Who it is. */
    sealed interface Who {

        /** This server: it leads, or has no store that another could lead. */
        record Myself() implements Who {}

        record Another(ServerRecord server) implements Who {}

        /**
         * @param why in words
         */
        record Nobody(String why) implements Who {}
    }

    Who now() {
        var status = hermes.status();
        if (leads(status) || (status.halted().isPresent() && known.all().size() <= 1)) {
            return new Who.Myself();
        }
        if (status.halted().isPresent()) {
            return new Who.Nobody(
                    "the store of this server has halted, so that it does not hear who leads; ask another one of "
                            + known.reachedBeside(Optional.empty()));
        }
        if (status.leader().isEmpty()) {
            return new Who.Nobody("no server leads at present, as far as this one knows");
        }
        return known.find(status.leader().get())
                .<Who>map(Who.Another::new)
                .orElseGet(() ->
                        new Who.Nobody(
                                "\"%s\" leads, but this server does not know yet where its API is"
                                        .formatted(status.leader().get())));
    }

    /** The member that leads, itself or another, under the name that people know it by. */
    Optional<Answers.Leader> leader() {
        return hermes.status()
                .leader()
                .map(member ->
                        new Answers.Leader(member, known.find(member).map(ServerRecord::name)));
    }

    boolean leads() {
        return leads(hermes.status());
    }

    private static boolean leads(StoreStatus status) {
        return status.role() == StoreStatus.Role.LEADER;
    }

    /** Whether an answer given here is what the leader knows, or as near to it as is possible. */
    boolean isKnown() {
        return !(now() instanceof Who.Nobody);
    }

    /** The first that is as wanted; who it is then when none comes within the time. */
    Who within(Duration time, Predicate<Who> wanted) {
        return Poll.within(time, LOOK, () -> Optional.of(now()).filter(wanted))
                .orElseGet(this::now);
    }
}
