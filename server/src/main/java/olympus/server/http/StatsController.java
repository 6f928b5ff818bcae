package olympus.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeAnswer.Flow;
import olympus.model.state.NodeAnswer.Measured;
import olympus.model.state.NodeQuestion;
import olympus.zeus.ClusterView.InstanceView;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What running instances use, as their nodes measure it when it is asked. */
@RestController
final class StatsController {

    private final Backend backend;
    private final AskedNodes nodes;

    StatsController(Backend backend) {
        this.backend = backend;
        this.nodes = new AskedNodes(backend);
    }

    record Stats(List<InstanceStats> instances, List<NotMeasured> notMeasured) {}

    /**
     * @param cpuPercent over about a second; 100 is one processor
     * @param memoryLimitBytes its own, or the machine's where its engine tells it
     * @param receivedBytes of the network, since its start; empty where it is not counted apart
     * @param readBytes of disks, since its start; empty where it is not counted
     */
    record InstanceStats(
            String instance,
            String node,
            double cpuPercent,
            long memoryBytes,
            Optional<Long> memoryLimitBytes,
            long processes,
            Optional<Long> receivedBytes,
            Optional<Long> sentBytes,
            Optional<Long> readBytes,
            Optional<Long> writtenBytes) {

        static InstanceStats of(InstanceId id, String node, Measured measured) {
            return new InstanceStats(
                    id.toString(),
                    node,
                    measured.cpuPercent(),
                    measured.memoryBytes(),
                    measured.memoryLimitBytes(),
                    measured.processes(),
                    measured.network().map(Flow::in),
                    measured.network().map(Flow::out),
                    measured.disk().map(Flow::in),
                    measured.disk().map(Flow::out));
        }
    }

    record NotMeasured(String instance, String node, String reason) {}

    @GetMapping(path = Api.V1 + "/stats", produces = Api.JSON)
    Stats stats(@RequestParam Optional<String> stack, @RequestParam Optional<String> service) {
        var asked =
                nodes.instances(which(stack.map(StackName::new), service.map(ServiceId::parse)));
        var nodeNames = new HashMap<InstanceId, String>();
        asked.values()
                .forEach(here ->
                        here.forEach(one -> nodeNames.put(AskedNodes.id(one), one.nodeName())));
        var measured = new ArrayList<InstanceStats>();
        var not = new ArrayList<NotMeasured>();
        nodes.ask(
                asked,
                here -> new NodeQuestion.Use(here.stream().map(AskedNodes::id).toList()),
                answer -> take(answer, nodeNames, measured, not),
                (here, why) -> here.forEach(instance -> not.add(notMeasured(instance, why))));
        measured.sort(Comparator.comparing(InstanceStats::instance));
        not.sort(Comparator.comparing(NotMeasured::instance));
        return new Stats(measured, not);
    }

    private Predicate<ServiceId> which(Optional<StackName> stack, Optional<ServiceId> service) {
        var all = backend.view().services();
        Predicate<ServiceId> wanted =
                id ->
                        stack.filter(name -> !id.stack().equals(name)).isEmpty()
                                && service.filter(name -> !id.equals(name)).isEmpty();
        var isNamed = stack.isPresent() || service.isPresent();
        if (isNamed && all.stream().noneMatch(one -> wanted.test(one.service()))) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND,
                    "there is no service of %s; GET %s/services lists all"
                            .formatted(
                                    service.map(ServiceId::toString)
                                            .or(() -> stack.map(StackName::value))
                                            .orElse(""),
                                    Api.V1));
        }
        return wanted;
    }

    private static void take(
            NodeAnswer answer,
            Map<InstanceId, String> nodeNames,
            List<InstanceStats> measured,
            List<NotMeasured> not) {
        if (!(answer instanceof NodeAnswer.Use use)) {
            throw AskedNodes.unexpected(answer);
        }
        for (var one : use.instances()) {
            var node = nodeNames.getOrDefault(one.instance(), "");
            one.measured()
                    .ifPresent(
                            found -> measured.add(InstanceStats.of(one.instance(), node, found)));
            one.problem()
                    .ifPresent(
                            why -> not.add(new NotMeasured(one.instance().toString(), node, why)));
        }
    }

    private static NotMeasured notMeasured(InstanceView instance, String why) {
        return new NotMeasured(AskedNodes.id(instance).toString(), instance.nodeName(), why);
    }
}
