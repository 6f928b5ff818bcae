package olympus.hermes.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Who keeps the log together, and the messages between them.
 *
 * <p>Threading: any thread; nothing blocks. Every message has a deadline ({@link #ask}), and at
 * most {@link #MAX_MESSAGE_BYTES}. Futures are completed by threads of the engine: continue on a
 * loop of your own.
 */
public interface Group {

    /** Upper bound of a question or an answer. */
    int MAX_MESSAGE_BYTES = ReplicatedLog.MAX_ENTRY_BYTES + (64 << 10);

    /** This member's name. */
    String self();

    /** Whether there can be no other member, ever. */
    boolean alone();

    /** The members as this one knows them; of a group of one, itself. */
    Members members();

    /**
     * Replaces {@code from} by {@code to}; fails when the members are others than {@code from} by
     * then, when more than one comes or goes, when a newcomer does not come up and catch up (until
     * it has, it counts for nothing), or when this member does not lead. Completed when the change
     * is committed.
     */
    CompletionStage<Void> change(Members from, Members to);

    /**
     * Has {@code member} lead. Completed when it does; fails when it does not within some seconds.
     */
    CompletionStage<Void> transferLeadership(String member);

    /**
     * Asks another member. Fails when it is not known, not reachable, or does not answer in time;
     * it may have acted nevertheless.
     */
    CompletionStage<ByteBuffer> ask(String member, ByteBuffer question);

    /** Sets who answers the questions of others; before, they are refused. */
    void onQuestion(Answerer answerer);

    /** Answers a question of another member; called by threads of the engine, must only enqueue. */
    @FunctionalInterface
    interface Answerer {
        CompletionStage<ByteBuffer> answer(String from, ByteBuffer question);
    }

    /** A member and where others reach it. */
    record Member(String id, String host, int port) {

        /** {@code host:port}, an IPv6 host in brackets. */
        public String address() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** Who is in a group: a majority of them decides. */
    record Members(List<Member> voters) {

        public Members {
            voters = List.copyOf(voters);
        }

        public Optional<Member> find(String id) {
            return voters.stream().filter(member -> member.id().equals(id)).findFirst();
        }

        /** How many must answer so that something is decided. */
        public int majority() {
            return voters.size() / 2 + 1;
        }
    }
}
