package olympus.zeus.internal;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.ServiceState;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackPlan;

/** Orders of other images for what is declared, as writes. Threading: Zeus' loop only. */
final class ImageOrders {

    private final Controller controller;
    private final Orders orders;

    ImageOrders(Controller controller, Orders orders) {
        this.controller = controller;
        this.orders = orders;
    }

    CompletionStage<StackPlan> update(
            StackName name, Map<String, String> images, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            requireAllowed(name, images);
            var current =
                    orders.stack(name)
                            .current()
                            .orElseThrow(() ->
                                    new OlympusException(
                                            ErrorCode.CONFLICT,
                                            "stack %s is being removed".formatted(name)));
            var request =
                    new StackChanges.Request(
                            with(current, images),
                            expected,
                            false,
                            ServiceState.Cause.IMAGES,
                            "other images",
                            actor,
                            controller.incarnation(),
                            Optional.empty());
            return StackChanges.apply(request, controller.claim(name), controller.clock().wall());
        });
    }

    /** In mode ask the order is the approval, of other images and of nothing else. */
    private void requireAllowed(StackName name, Map<String, String> images) {
        var desired = controller.desired();
        if (desired.mode(name) != StackDefinition.Mode.ASK) {
            Orders.requireManaged(name, "update", desired);
            return;
        }
        for (var service : images.keySet()) {
            var id = new ServiceId(name, service);
            if (desired.instancesOf(id).values().stream()
                    .anyMatch(stored -> desired.behind(stored.value()).isPresent())) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "nothing was updated: %s is declared otherwise already and that is not approved; approve it first (olympus decisions pending %s), or take it back"
                                .formatted(id, name));
            }
        }
    }

    private static StackDefinition with(StackDefinition current, Map<String, String> images) {
        var services = new TreeMap<>(current.services());
        images.forEach((service, image) -> {
            var was = services.get(service);
            if (was == null) {
                throw new OlympusException(
                        ErrorCode.NOT_FOUND,
                        "there is no service %s/%s; there are: %s"
                                .formatted(current.name(), service, services.keySet()));
            }
            services.put(service, with(current.name(), was, image));
        });
        return new StackDefinition(current.name(), current.mode(), current.directory(), services);
    }

    private static ServiceDefinition with(StackName stack, ServiceDefinition was, String image) {
        if (!(was.workload() instanceof Workload.Container container)
                || container.image().build().isPresent()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "%s has no image of a registry that could be another one"
                            .formatted(new ServiceId(stack, was.name())));
        }
        return was.with(container.with(container.image().with(image)));
    }
}
