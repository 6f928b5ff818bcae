package olympus.cli.discover;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import olympus.cli.discover.Inventory.Listener;

/** Says by name which container a port leads into, by its id or by what the engine publishes. */
final class Ownership {

    private final Inventory inventory;
    private final Map<String, String> nameById = new HashMap<>();
    private final Map<String, String> nameByPort = new HashMap<>();

    Ownership(Inventory inventory) {
        this.inventory = inventory;
        for (var container : inventory.containers()) {
            nameById.put(container.id(), container.name());
            container
                    .ports()
                    .forEach(port ->
                            nameByPort.put(port.protocol() + port.port(), container.name()));
        }
    }

    /** The same inventory, its listeners with names of containers instead of ids. */
    Inventory named() {
        return new Inventory(
                inventory.containers(),
                inventory.storage(),
                inventory.units(),
                inventory.timers(),
                inventory.cron(),
                inventory.cronFaults(),
                inventory.listeners().stream().map(this::named).toList(),
                inventory.repositories(),
                inventory.jobs(),
                inventory.disks());
    }

    private Listener named(Listener listener) {
        var byId = listener.container().map(id -> nameById.getOrDefault(id, id.substring(0, 12)));
        var forwards = listener.process().map(name -> name.equals("docker-proxy")).orElse(true);
        var byPort =
                forwards
                        ? Optional.ofNullable(nameByPort.get(listener.protocol() + listener.port()))
                        : Optional.<String>empty();
        return new Listener(
                listener.protocol(),
                listener.address(),
                listener.port(),
                listener.process(),
                byId.or(() -> byPort),
                listener.unit());
    }
}
