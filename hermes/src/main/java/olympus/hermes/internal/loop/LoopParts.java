package olympus.hermes.internal.loop;

import java.util.concurrent.Executor;

/**
 * What the loop works with beside its own thread.
 *
 * @param writer writes snapshots, one task after the other
 * @param closer closes the log and the threads, which may wait for the loop
 * @param archive takes what streams drop
 */
public record LoopParts(Executor writer, Executor closer, StreamArchive archive) {

    /** Everything happens at once on the calling thread. */
    public static LoopParts withoutThreads(StreamArchive archive) {
        return new LoopParts(Runnable::run, Runnable::run, archive);
    }
}
