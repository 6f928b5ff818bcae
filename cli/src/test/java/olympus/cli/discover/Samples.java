package olympus.cli.discover;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.cli.discover.Inventory.Container;
import olympus.cli.discover.Inventory.Health;

/** A container in good order, changed by a test where it wants trouble. */
public final class Samples {

    private final String name;
    private String state = "running";
    private String image = "registry.example.org/shop/web:1.4.2";
    private String policy = "unless-stopped";
    private int restarts;
    private Optional<Health> health = Optional.empty();
    private Optional<Integer> exitCode = Optional.empty();
    private Instant started = Machine.NOW.minusSeconds(900_000);
    private Optional<Instant> finished = Optional.empty();
    private final List<Inventory.PublishedPort> ports = new ArrayList<>();

    private Samples(String name) {
        this.name = name;
    }

    public static Samples running(String name) {
        return new Samples(name);
    }

    public Samples image(String reference) {
        image = reference;
        return this;
    }

    public Samples policy(String word) {
        policy = word;
        return this;
    }

    public Samples restarts(int count, Instant lastStart) {
        restarts = count;
        started = lastStart;
        return this;
    }

    public Samples unhealthy(Instant since, String output) {
        health = Optional.of(new Health("unhealthy", Optional.of(since), true, output));
        return this;
    }

    public Samples healthy() {
        health = Optional.of(new Health("healthy", Optional.empty(), true, ""));
        return this;
    }

    public Samples ended(String word, int code, Instant at) {
        state = word;
        exitCode = Optional.of(code);
        finished = Optional.of(at);
        return this;
    }

    public Samples publishing(Inventory.PublishedPort port) {
        ports.add(port);
        return this;
    }

    public Container build() {
        return new Container(
                "f".repeat(64),
                name,
                image,
                state,
                health,
                restarts,
                policy,
                exitCode,
                Optional.of(started),
                finished,
                Optional.of(
                        new Inventory.Compose(
                                "shop", name, "/srv/shop", List.of("/srv/shop/compose.yaml"))),
                ports);
    }
}
