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
     * What this member knows of the log at this moment; empty while it takes no part in it. Never
     * blocks.
     */
    Optional<Standing> standing();

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

    /**
     * What a member knows of the log, read in the order of the components.
     *
     * @param leads whether it leads by its own word; it may have been deposed without knowing
     * @param committed the last entry that it knows to be committed; the applier is given it or
     *     told that it was passed. No other member applies an entry of the leader's term, or of one
     *     before, that the leader does not know to be committed.
     * @param settled the members by the newest list in the log; empty unless that list is committed
     *     and no change is under way
     * @param term the highest it has heard of, which never falls, over restarts neither: whoever
     *     has voted for the leader of a term, or stored an entry at its wish, says that term or a
     *     higher one from before it has said so. A term has at most one leader.
     */
    record Standing(boolean leads, long committed, Optional<Members> settled, long term) {}

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
