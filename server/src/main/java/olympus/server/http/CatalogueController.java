package olympus.server.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.StackName;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.zeus.ClusterView.ServiceView;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The services as their users know them. */
@RestController
final class CatalogueController {

    private final Backend backend;

    CatalogueController(Backend backend) {
        this.backend = backend;
    }

    private record Known(ServiceView view, ServiceDefinition definition) {}

    @GetMapping(path = Api.V1 + "/catalogue", produces = Api.JSON)
    Answers.Catalogue catalogue(
            @RequestParam Optional<String> stack,
            @RequestParam(defaultValue = "false") boolean hidden) {
        var known = known(stack.map(this::there));
        var asked =
                NodeAnswers.ask(
                        backend,
                        node -> {
                            var names = containersOn(node.name(), known);
                            return names.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(new NodeQuestion.ContainerImages(names));
                        });
        var images = new HashMap<String, NodeAnswer.ContainerImage>();
        for (var answer : asked.byNode().values()) {
            if (answer instanceof NodeAnswer.ContainerImages found) {
                found.images().forEach(image -> images.put(image.container(), image));
            }
        }
        return new Answers.Catalogue(
                known.stream()
                        .map(one -> Catalogue.entry(one.view(), one.definition(), images))
                        .filter(entry -> hidden || !entry.hidden())
                        .toList(),
                asked.problems());
    }

    private StackName there(String given) {
        var name = new StackName(given);
        var all = backend.view().stacks();
        if (all.stream().noneMatch(stack -> stack.name().equals(name))) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND,
                    "there is no stack \"%s\"; there are: %s"
                            .formatted(
                                    name,
                                    all.isEmpty()
                                            ? "none"
                                            : String.join(
                                                    ", ",
                                                    all.stream()
                                                            .map(stack -> stack.name().value())
                                                            .toList())));
        }
        return name;
    }

    private List<Known> known(Optional<StackName> stack) {
        var definitions = new HashMap<String, Map<String, ServiceDefinition>>();
        backend.definitions(stack)
                .forEach(one -> definitions.put(one.name().value(), one.services()));
        return backend.view().services().stream()
                .flatMap(view -> {
                    var id = view.service();
                    var services = definitions.getOrDefault(id.stack().value(), Map.of());
                    return Optional.ofNullable(services.get(id.service()))
                            .map(definition -> new Known(view, definition))
                            .stream();
                })
                .toList();
    }

    private static List<String> containersOn(String node, List<Known> known) {
        return known.stream()
                .filter(one ->
                        one.view().instances().stream()
                                .anyMatch(instance -> instance.nodeName().equals(node)))
                .flatMap(one -> Catalogue.containers(one.view(), one.definition()).stream())
                .toList();
    }
}
