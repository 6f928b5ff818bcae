package olympus.hermes.internal.ratis;

import java.util.concurrent.atomic.AtomicBoolean;
import olympus.hermes.log.ReplicatedLog.Submission;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A submission under way: travels through the engine as the request's message and comes back with
 * the committed entry of this process.
 *
 * <p>It ends exactly once: committed, rejected or unknown.
 */
final class Pending implements Message {

    private final ByteString content;
    private final Object context;
    private final Submission callback;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean appended;

    Pending(ByteString content, Object context, Submission callback) {
        this.content = content;
        this.context = context;
        this.callback = callback;
    }

    Object context() {
        return context;
    }

    Submission callback() {
        return callback;
    }

    /** The entry is about to stand in the log: from now on a failure leaves its outcome unknown. */
    void appending() {
        appended = true;
    }

    boolean appended() {
        return appended;
    }

    /** True for the one caller who may tell how this submission ended. */
    boolean end() {
        return ended.compareAndSet(false, true);
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    @Override
    public String toString() {
        return content.size() + " bytes";
    }
}
