package olympus.zeus.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.EventLoop;
import olympus.zeus.Directory;
import olympus.zeus.Foresight;
import olympus.zeus.Insight;
import olympus.zeus.ZeusOptions;

/** Hands out copies of what the controller knows. Threading: Zeus' loop only. */
public final class Insights implements Insight {

    private final Controller controller;
    private final ZeusOptions options;

    public Insights(Controller controller, ZeusOptions options) {
        this.controller = controller;
        this.options = options;
    }

    @Override
    public CompletionStage<Foresight> foresight() {
        controller.requireReady();
        return CompletableFuture.completedFuture(
                Thought.of(
                        controller.desired(),
                        controller.observedNow(),
                        controller.clock().monotonicNanos(),
                        controller.clock().wall(),
                        options.lossDelay()));
    }

    @Override
    public CompletionStage<Directory> directory() {
        controller.requireReady();
        return CompletableFuture.completedFuture(
                Directories.of(
                        controller.desired(),
                        controller.observedNow(),
                        controller.clock().monotonicNanos()));
    }

    @Override
    public EventLoop.Cancellable onDirectoryChange(Runnable listener) {
        return controller.onChange(_ -> listener.run());
    }
}
