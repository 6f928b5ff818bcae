package olympus.benchmarks;

import java.io.IOException;
import java.util.List;

/** Three members of a replicated store, each a process of its own, which one client can ask. */
interface Trio extends AutoCloseable {

    /** What reports call it. */
    String name();

    /** For clients, each on another connection of the member's. */
    List<KvClient> clients();

    /** One more client of a member, to be closed by the caller. */
    KvClient another(int member);

    /** The process of each member, in the order of {@link #clients}. */
    List<Long> pids();

    /** Starts a member again whose process was killed. */
    void restart(int member) throws Exception;

    @Override
    void close() throws IOException;

    /** The member that leads and knows it. */
    default int leader() throws Exception {
        return Leadership.await(this);
    }

    default KvClient atLeader() throws Exception {
        return clients().get(leader());
    }
}
