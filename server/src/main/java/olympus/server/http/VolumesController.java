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

    /** Of the audit, in which the removal of a stack is looked for. */
    private static final int AUDITED = 1_000;

    private final Backend backend;

    VolumesController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/volumes", produces = Api.JSON)
    Answers.Volumes volumes(@RequestParam Optional<String> stack) {
        var only = stack.map(StackName::new);
        var asked = NodeAnswers.ask(backend, node -> Optional.of(new NodeQuestion.ListVolumes()));
        var declared = declared();
        var audit = backend.audit().newest(AUDITED);
        var entries = new ArrayList<Answers.VolumeEntry>();
        asked.byNode()
                .forEach((node, answer) -> {
                    if (answer instanceof NodeAnswer.Volumes volumes) {
                        volumes.volumes().stream()
                                .map(volume -> entry(node, volume, declared, audit))
                                .filter(entry -> only.isEmpty() || concerns(entry, only.get()))
                                .forEach(entries::add);
                    }
                });
        return new Answers.Volumes(entries, asked.problems());
    }

    private static boolean concerns(Answers.VolumeEntry entry, StackName stack) {
        return entry.stack().equals(stack.value())
                || entry.services().stream().anyMatch(id -> id.startsWith(stack + "/"));
    }

    /** By name: the services that declare it. */
    private Map<String, SortedSet<String>> declared() {
        var declared = new HashMap<String, SortedSet<String>>();
        for (var definition : backend.definitions(Optional.empty())) {
            definition
                    .services()
                    .forEach((name, service) -> {
                        if (service.workload() instanceof Workload.Container container) {
                            container.mounts().stream()
                                    .filter(Mount.Named.class::isInstance)
                                    .map(mount -> ((Mount.Named) mount).volume().name())
                                    .forEach(volume ->
                                            declared.computeIfAbsent(
                                                            volume, ignored -> new TreeSet<>())
                                                    .add(id(definition, name)));
                        }
                    });
        }
        return declared;
    }

    private static String id(StackDefinition definition, String service) {
        return definition.name() + "/" + service;
    }

    private Answers.VolumeEntry entry(
            String node,
            NodeAnswer.Volume volume,
            Map<String, SortedSet<String>> declared,
            List<AuditEntry> audit) {
        var stack = volume.labels().getOrDefault(PROJECT, "");
        var services = List.copyOf(declared.getOrDefault(volume.name(), new TreeSet<>()));
        var unused = services.isEmpty() && volume.containers().isEmpty();
        return new Answers.VolumeEntry(
                volume.name(),
                node,
                volume.driver(),
                stack,
                services,
                volume.containers(),
                volume.sizeBytes(),
                unused ? orphaned(stack, audit) : "");
    }

    private String orphaned(String stack, List<AuditEntry> audit) {
        var there =
                backend.view().stacks().stream().anyMatch(one -> one.name().value().equals(stack));
        if (stack.isEmpty() || there) {
            return "used by nothing";
        }
        return audit.stream()
                .filter(entry ->
                        entry.method().equals("DELETE")
                                && entry.path().equals(Api.V1 + "/stacks/" + stack)
                                && entry.status() < 300)
                .findFirst()
                .map(entry ->
                        "orphaned by the removal of stack %s on %s by %s"
                                .formatted(
                                        stack,
                                        entry.at().toString().substring(0, 10),
                                        entry.actor()))
                .orElse(
                        "used by nothing; of the project %s, which is not applied here"
                                .formatted(stack));
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
        var services = declared().getOrDefault(volume, new TreeSet<>());
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
            case NodeAnswer.ContainerImages other ->
                    throw new IllegalStateException("answered " + other);
        };
    }

    private NodeView node(String given) {
        var nodes = backend.view().nodes();
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
