package olympus.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * What Olympus says that runs, asked through the HTTP API because a command per look would be a
 * load of its own.
 */
final class Inventory {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final Product product;

    Inventory(Product product) {
        this.product = product;
    }

    /**
     * Waits until so many instances are running, by the word of Olympus and by that of the kernel;
     * their processes.
     */
    List<Long> awaitRunning(int instances, Duration deadline)
            throws IOException, InterruptedException, TimeoutException {
        return await(
                instances,
                deadline,
                LOOK_EVERY,
                running -> running.stream().allMatch(Processes::isAlive));
    }

    /**
     * Waits until so many instances are running by the word of Olympus, and {@code condition} holds
     * for what it says their processes are.
     *
     * @param lookEvery a look at thousands of instances is itself a load
     */
    List<Long> await(
            int instances, Duration deadline, Duration lookEvery, Predicate<List<Long>> condition)
            throws IOException, InterruptedException, TimeoutException {
        var end = System.nanoTime() + deadline.toNanos();
        try (var api = ProductApi.of(product)) {
            while (true) {
                var running = running(api);
                if (running.size() == instances && condition.test(running)) {
                    return running;
                }
                if (System.nanoTime() > end) {
                    throw new TimeoutException(
                            "%d of %d instances run, which is not what is wanted after %s"
                                    .formatted(running.size(), instances, deadline));
                }
                Waiting.letPass(lookEvery);
            }
        }
    }

    private static List<Long> running(ProductApi api) throws IOException, InterruptedException {
        var pids = new ArrayList<Long>();
        for (var service : api.get("/api/v1/services?limit=1000").path("services")) {
            for (var instance : service.path("instances")) {
                if (instance.path("state").asString("").equals("running")) {
                    pids.add(instance.path("pid").asLong(0));
                }
            }
        }
        return pids;
    }
}
