package olympus.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import olympus.model.StackName;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
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
        var found = new ArrayList<SettingDifference>();
        var not = new ArrayList<NotCompared>();
        var compared = new ArrayList<String>();
        nodes.ask(
                nodes.instances(name),
                NodeQuestion.Settings::new,
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
                        here.forEach(instance ->
                                not.add(new NotCompared(AskedNodes.id(instance).toString(), why))));
        found.sort(
                Comparator.comparing(SettingDifference::instance)
                        .thenComparing(SettingDifference::path));
        return new Differences(
                stack,
                revision,
                compared.size(),
                found,
                not,
                backend.view().pending().stream()
                        .filter(one -> one.instance().service().stack().equals(name))
                        .map(Answers.PendingEntry::of)
                        .toList());
    }
}
