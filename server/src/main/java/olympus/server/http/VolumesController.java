package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Mount;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView.NodeView;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The volumes of the nodes' engines: what is there, who uses it, and their removal by name. */
@RestController
final class VolumesController {

    private static final String PROJECT = "com.docker.compose.project";

    private final Backend backend;
    private final StackRemovals removals;

    VolumesController(Backend backend) {
        this.backend = backend;
        this.removals =
                new StackRemovals(backend.hermes(), backend.clock(), StackRemovals.SEARCH_TIME);
    }

    @GetMapping(path = Api.V1 + "/volumes", produces = Api.JSON)
    Answers.Volumes volumes(@RequestParam Optional<String> stack) {
        var only = stack.map(StackName::new);
        var asked = NodeAnswers.ask(backend, node -> Optional.of(new NodeQuestion.ListVolumes()));
        var declared = Declared.of(backend.definitions(Optional.empty()));
        var found = new ArrayList<Found>();
        asked.byNode()
                .forEach((node, answer) -> {
                    if (answer instanceof NodeAnswer.Volumes volumes) {
                        volumes.volumes().forEach(one -> found.add(Found.of(node, one, declared)));
                    }
                });
        var unknown =
                found.stream()
                        .filter(one -> one.stack().isEmpty() && !one.project().isEmpty())
                        .map(Found::project)
                        .collect(Collectors.toSet());
        var removed = removals.of(unknown);
        var entries =
                found.stream()
                        .map(one -> entry(one, removed))
                        .filter(entry -> only.isEmpty() || concerns(entry, only.get()))
                        .toList();
        return new Answers.Volumes(entries, asked.problems());
    }

    /**
     * A volume and what is declared of it.
     *
     * @param project of Compose, by its label; may be empty
     * @param stack that is applied and declares it, or has its project
     */
    private record Found(
            String node,
            NodeAnswer.Volume volume,
            String project,
            Optional<String> stack,
            List<String> services) {

        static Found of(String node, NodeAnswer.Volume volume, Declared declared) {
            var project = volume.labels().getOrDefault(PROJECT, "");
            var services = declared.services(volume.name());
            var stack =
                    services.stream()
                            .findFirst()
                            .map(id -> id.substring(0, id.indexOf('/')))
                            .or(() -> Optional.ofNullable(declared.stacks().get(project)));
            return new Found(node, volume, project, stack, services);
        }

        boolean isUnused() {
            return services.isEmpty() && volume.containers().isEmpty();
        }
    }

    /**
     * What the applied stacks declare.
     *
     * @param volumes by name: the services that declare them
     * @param stacks by the name of their Compose project
     */
    private record Declared(Map<String, SortedSet<String>> volumes, Map<String, String> stacks) {

        static Declared of(List<StackDefinition> definitions) {
            var declared = new Declared(new HashMap<>(), new HashMap<>());
            for (var definition : definitions) {
                var stack = definition.name().value();
                definition
                        .services()
                        .forEach((name, service) -> {
                            if (service.workload() instanceof Workload.Container container) {
                                declared.add(stack, stack + "/" + name, container);
                            }
                        });
            }
            return declared;
        }

        private void add(String stack, String service, Workload.Container container) {
            stacks.put(container.project().name(), stack);
            container.mounts().stream()
                    .filter(Mount.Named.class::isInstance)
                    .map(mount -> ((Mount.Named) mount).volume().name())
                    .forEach(volume ->
                            volumes.computeIfAbsent(volume, ignored -> new TreeSet<>())
                                    .add(service));
        }

        List<String> services(String volume) {
            return List.copyOf(volumes.getOrDefault(volume, new TreeSet<>()));
        }
    }

    private static boolean concerns(Answers.VolumeEntry entry, StackName stack) {
        return entry.stack().equals(stack.value())
                || (entry.stack().isEmpty() && entry.project().equals(stack.value()))
                || entry.services().stream().anyMatch(id -> id.startsWith(stack + "/"));
    }

    private static Answers.VolumeEntry entry(Found found, StackRemovals.Found known) {
        var removed = Optional.ofNullable(known.removals().get(found.project()));
        var volume = found.volume();
        return new Answers.VolumeEntry(
                volume.name(),
                found.node(),
                volume.driver(),
                found.stack().or(() -> removed.map(AuditEntry::subject)).orElse(""),
                found.project(),
                found.services(),
                volume.containers(),
                volume.sizeBytes(),
                found.isUnused() ? orphaned(found, removed, known.isWhole()) : "");
    }

    private static String orphaned(Found found, Optional<AuditEntry> removed, boolean isWhole) {
        if (found.project().isEmpty() || found.stack().isPresent()) {
            return "used by nothing";
        }
        return removed.map(entry ->
                        "orphaned by the removal of stack %s on %s by %s"
                                .formatted(
                                        entry.subject(),
                                        entry.at().toString().substring(0, 10),
                                        entry.actor()))
                .orElse(
                        "used by nothing; of the Compose project %s, which is not applied here%s"
                                .formatted(
                                        found.project(),
                                        isWhole
                                                ? ""
                                                : "; who removed it is not known, the audit could not be read to the end in time: ask again"));
    }

    @DeleteMapping(path = Api.V1 + "/volumes/{node}/{volume}", produces = Api.JSON)
    Answers.VolumeRemoved remove(
            @PathVariable String node,
            @PathVariable String volume,
            @RequestParam Optional<String> confirm,
            HttpServletRequest request) {
        var on = node(node);
        if (!confirm.equals(Optional.of(volume))) {
            throw new OlympusException(
                    ErrorCode.CONFIRMATION_REQUIRED,
                    "nothing was removed: what is in volume %s would be gone for good; confirm=NAME must be exactly its name%s"
                            .formatted(
                                    volume,
                                    confirm.map(text -> ", not \"%s\"".formatted(text))
                                            .orElse("")));
        }
        var services = Declared.of(backend.definitions(Optional.empty())).services(volume);
        if (!services.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "volume %s is declared by %s; take it out of the files, or remove the stack, first"
                            .formatted(volume, String.join(", ", services)));
        }
        var question = new NodeQuestion.RemoveVolume(volume, Caller.of(request).actor().name());
        var answer =
                new Deadline(question.deadline().plus(Duration.ofSeconds(5)))
                        .await(
                                backend.island().agents().ask(on.id(), question),
                                "removing volume %s on node %s".formatted(volume, on.name()));
        return removed(on, volume, answer);
    }

    private static Answers.VolumeRemoved removed(NodeView node, String volume, NodeAnswer answer) {
        return switch (answer) {
            case NodeAnswer.VolumeRemoved ignored -> new Answers.VolumeRemoved(volume, node.name());
            case NodeAnswer.VolumeInUse used ->
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "volume %s on node %s is used by the containers %s; remove those first"
                                    .formatted(
                                            volume,
                                            node.name(),
                                            String.join(", ", used.containers())));
            case NodeAnswer.VolumeAbsent ignored ->
                    throw new OlympusException(
                            ErrorCode.NOT_FOUND,
                            "there is no volume %s on node %s".formatted(volume, node.name()));
            case NodeAnswer.Volumes other -> throw new IllegalStateException("answered " + other);
            case NodeAnswer.Settings other -> throw new IllegalStateException("answered " + other);
            case NodeAnswer.Images other -> throw new IllegalStateException("answered " + other);
            case NodeAnswer.Use other -> throw new IllegalStateException("answered " + other);
            case NodeAnswer.ContainerImages other ->
                    throw new IllegalStateException("answered " + other);
        };
    }

    private NodeView node(String given) {
        var view = backend.view();
        NodesController.external(view, given)
                .ifPresent(external -> {
                    throw new OlympusException(ErrorCode.CONFLICT, external.node().refusal());
                });
        var nodes = view.nodes();
        return nodes.stream()
                .filter(node -> node.name().equals(given) || node.id().toString().equals(given))
                .findFirst()
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.NOT_FOUND,
                                "there is no node \"%s\"; there are: %s"
                                        .formatted(
                                                given,
                                                nodes.stream()
                                                        .map(NodeView::name)
                                                        .collect(Collectors.joining(", ")))));
    }
}
