package olympus.zeus;

import java.util.concurrent.CompletionStage;
import olympus.foundation.EventLoop;

/**
 * What can be told of the island beyond its view. Threading: any thread. Futures are completed on
 * Zeus' loop; they fail with UNAVAILABLE while the stored state is not known.
 */
public interface Insight {

    /** A copy of all that is stored and observed at this moment, to be thought with. */
    CompletionStage<Foresight> foresight();

    /** Which services there are and where their instances run. */
    CompletionStage<Directory> directory();

    /**
     * Calls {@code listener} on Zeus' loop whenever the directory may have changed, until
     * cancelled; it must not block.
     */
    EventLoop.Cancellable onDirectoryChange(Runnable listener);
}
