package olympus.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.model.InstanceId;
import olympus.model.StackName;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.zeus.ClusterView.InstanceView;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** How what runs differs from what is declared, as the nodes see it at this moment. */
@RestController
final class DifferencesController {

    private final Backend backend;
    private final AskedNodes nodes;

    DifferencesController(Backend backend) {
        this.backend = backend;
        this.nodes = new AskedNodes(backend);
    }

    /**
     * @param pending what would be done about instances, in modes observe and ask
     */
    record Differences(
            String stack,
            long revision,
            int compared,
            List<SettingDifference> differences,
            List<NotCompared> notCompared,
            List<Answers.PendingEntry> pending) {}

    record SettingDifference(
            String instance, String path, Optional<String> declared, Optional<String> observed) {}

    record NotCompared(String instance, String reason) {}

    @GetMapping(path = Api.V1 + "/stacks/{stack}/differences", produces = Api.JSON)
    Differences differences(@PathVariable String stack) {
        var name = new StackName(stack);
        var revision = backend.revision(name);
        var declared = declared(name);
        var found = new ArrayList<SettingDifference>();
        var not = new ArrayList<NotCompared>();
        var compared = new ArrayList<String>();
        notDeclared(name, declared, not);
        nodes.ask(
                nodes.instances(name),
                here -> new NodeQuestion.Settings(of(here, declared)),
                answer -> {
                    if (!(answer instanceof NodeAnswer.Settings settings)) {
                        throw AskedNodes.unexpected(answer);
                    }
                    for (var instance : settings.instances()) {
                        var id = instance.instance().toString();
                        compared.add(id);
                        instance.problem().ifPresent(why -> not.add(new NotCompared(id, why)));
                        instance.differences()
                                .forEach(one ->
                                        found.add(
                                                new SettingDifference(
                                                        id,
                                                        one.path(),
                                                        one.declared(),
                                                        one.observed())));
                    }
                },
                (here, why) ->
                        of(here, declared)
                                .forEach(spec ->
                                        not.add(new NotCompared(spec.id().toString(), why))));
        found.sort(
                Comparator.comparing(SettingDifference::instance)
                        .thenComparing(SettingDifference::path));
        return new Differences(
                stack,
                revision,
                compared.size(),
                found,
                not,
                backend.view().open().stream()
                        .filter(one -> one.instance().service().stack().equals(name))
                        .map(Answers.PendingEntry::of)
                        .toList());
    }

    /** By the revision in force, whatever the nodes were told to run. */
    private Map<InstanceId, InstanceSpec> declared(StackName name) {
        var specs =
                backend.deadline()
                        .await(
                                backend.stacks().declared(name),
                                "reading what is declared of " + name);
        return specs.stream().collect(Collectors.toMap(InstanceSpec::id, spec -> spec));
    }

    private static List<InstanceSpec> of(
            List<InstanceView> instances, Map<InstanceId, InstanceSpec> declared) {
        return instances.stream()
                .map(AskedNodes::id)
                .flatMap(id -> Optional.ofNullable(declared.get(id)).stream())
                .toList();
    }

    private void notDeclared(
            StackName name, Map<InstanceId, InstanceSpec> declared, List<NotCompared> not) {
        for (var service : backend.view().services()) {
            if (!service.service().stack().equals(name)) {
                continue;
            }
            if (service.instances().isEmpty()) {
                var why = "it has no instance: " + service.reason();
                not.add(new NotCompared(service.service().toString(), why));
            }
            service.instances().stream()
                    .map(AskedNodes::id)
                    .filter(id -> !declared.containsKey(id))
                    .forEach(id ->
                            not.add(new NotCompared(id.toString(), "it is not declared any more")));
        }
    }
}
