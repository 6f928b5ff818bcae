package olympus.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.log.LogConfig;
import olympus.link.keys.Installation;
import olympus.server.deadline.Deadline;
import olympus.server.store.HaltedStore;

/** The store of this server, or, when it could not be opened, what stands for it and says why. */
final class OpenStore implements AutoCloseable {

    private static final Deadline CLOSE = new Deadline(Duration.ofSeconds(10));

    private final Hermes hermes;
    private final Optional<HermesNode> node;
    private final Optional<OlympusException> failure;

    private OpenStore(
            Hermes hermes, Optional<HermesNode> node, Optional<OlympusException> failure) {
        this.hermes = hermes;
        this.node = node;
        this.failure = failure;
    }

    /**
     * @param log how it is opened; what that throws is why there is no store
     */
    static OpenStore open(Path folder, Installation self, Supplier<LogConfig> log, Clock clock) {
        try {
            var node =
                    HermesNode.open(
                            HermesOptions.of(self.island().toString(), folder), log.get(), clock);
            return new OpenStore(node, Optional.of(node), Optional.empty());
        } catch (OlympusException e) {
            return halted(self, e);
        } catch (IOException e) {
            var failure =
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "cannot open the store in %s: %s".formatted(folder, e),
                            e);
            return halted(self, failure);
        }
    }

    private static OpenStore halted(Installation self, OlympusException failure) {
        return new OpenStore(
                new HaltedStore(self.island().toString(), failure),
                Optional.empty(),
                Optional.of(failure));
    }

    Hermes hermes() {
        return hermes;
    }

    Optional<HermesNode> node() {
        return node;
    }

    /** Why there is no store, if so. */
    Optional<OlympusException> failure() {
        return failure;
    }

    /** Waits until the store answers; returns what to say when it does not within the deadline. */
    Optional<String> awaitReady(Deadline deadline) {
        if (node.isEmpty()) {
            return Optional.empty();
        }
        try {
            deadline.await(node.get().ready(), "opening the store");
            return Optional.empty();
        } catch (OlympusException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Runs {@code task} once the store answers or never will: here when that is known already, else
     * on a thread of its own.
     */
    void onceReady(Runnable task) {
        if (node.isEmpty()) {
            task.run();
            return;
        }
        var ready = node.get().ready().toCompletableFuture();
        if (ready.isDone()) {
            task.run();
        } else {
            var _ = ready.whenComplete((_, _) -> Thread.ofVirtual().name("once-ready").start(task));
        }
    }

    @Override
    public void close() {
        if (node.isPresent()) {
            CLOSE.await(node.get().close(), "closing the store");
        }
    }
}
