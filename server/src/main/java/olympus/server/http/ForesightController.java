package olympus.server.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.json.DurationText;
import olympus.model.json.EnumWords;
import olympus.server.foresight.Quorum;
import olympus.server.foresight.Scope;
import olympus.server.foresight.SinglePoint;
import olympus.server.foresight.Topology;
import olympus.zeus.Foresight;
import olympus.zeus.NodeNames;
import olympus.zeus.Supposition;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What would happen if: thought through on the request's own thread, nothing is written. */
@RestController
final class ForesightController {

    /** Thoughts of people at a time: each may keep a processor busy for as long as it may take. */
    private static final int MOST_AT_A_TIME = 2;

    private final Backend backend;
    private final Semaphore room = new Semaphore(MOST_AT_A_TIME);

    ForesightController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/what-if", produces = Api.JSON)
    ForesightAnswers.WhatIf whatIf(
            @RequestParam Optional<String> lost,
            @RequestParam Optional<String> drained,
            @RequestParam Optional<String> stopped) {
        if (lost.isEmpty() && drained.isEmpty() && stopped.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "nothing is supposed; expected at least one of lost=NODE, drained=NODE, stopped=SERVER");
        }
        return thinking(foresight -> answer(foresight, lost, drained, stopped));
    }

    private ForesightAnswers.WhatIf answer(
            Foresight foresight,
            Optional<String> lost,
            Optional<String> drained,
            Optional<String> stopped) {
        var names = foresight.nodes();
        var quorum = quorum();
        var lostNodes = nodes(lost, names);
        var drainedNodes = nodes(drained, names);
        drainedNodes.removeAll(lostNodes);
        var servers = servers(stopped);
        var supposed = new ArrayList<String>();
        lostNodes.forEach(node -> supposed.add("node-lost=" + names.get(node)));
        drainedNodes.forEach(node -> supposed.add("node-drained=" + names.get(node)));
        servers.forEach(server -> supposed.add("server-lost=" + server));
        var away = new HashSet<>(servers);
        away.addAll(quorum.on(lostNodes));
        var orders = quorum.missing(away);
        var forecast =
                foresight.suppose(
                        new Supposition(Set.copyOf(lostNodes), Set.copyOf(drainedNodes), orders));
        return new ForesightAnswers.WhatIf(
                foresight.at(),
                foresight.revision(),
                DurationText.format(foresight.lossDelay()),
                supposed,
                orders,
                forecast.fates().stream()
                        .map(fate -> ForesightAnswers.Fate.of(fate, names))
                        .toList(),
                forecast.losses().stream().map(ForesightAnswers.Loss::of).toList());
    }

    private Set<NodeId> nodes(Optional<String> given, Map<NodeId, String> names) {
        var found = new LinkedHashSet<NodeId>();
        var external = backend.view().external();
        words(given).forEach(name -> found.add(NodeNames.find(name, names, external)));
        return found;
    }

    private Collection<String> servers(Optional<String> given) {
        var servers = backend.island().servers();
        return words(given).stream()
                .map(name -> servers.require(name).member())
                .distinct()
                .toList();
    }

    private static List<String> words(Optional<String> given) {
        return given.stream().flatMap(text -> List.of(text.split(",")).stream()).toList();
    }

    @GetMapping(path = Api.V1 + "/spof", produces = Api.JSON)
    ForesightAnswers.SinglePoints singlePoints(
            @RequestParam Optional<String> kinds, @RequestParam Optional<String> by) {
        var end = System.nanoTime() + backend.deadline().duration().toNanos();
        var scope = scope(kinds, by);
        return thinking(foresight ->
                ForesightAnswers.SinglePoints.of(
                        foresight,
                        Topology.of(foresight, quorum(), scope, end),
                        backend.view().external()));
    }

    private static Scope scope(Optional<String> kinds, Optional<String> by) {
        var known = EnumWords.of(SinglePoint.Kind.class);
        var chosen = EnumSet.noneOf(SinglePoint.Kind.class);
        for (var word : words(kinds)) {
            var kind = known.get(word);
            if (kind == null) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "kinds=%s: there is no kind \"%s\"; expected some of %s, with commas between them"
                                .formatted(kinds.orElse(""), word, known.keySet()));
            }
            chosen.add(kind);
        }
        var labels = words(by);
        if (labels.size() > Scope.MOST_LABELS) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "by has %d labels; expected at most %d"
                            .formatted(labels.size(), Scope.MOST_LABELS));
        }
        return new Scope(kinds.isEmpty() ? Scope.BOXES.kinds() : chosen, labels);
    }

    private Quorum quorum() {
        var servers = backend.island().servers();
        return Quorum.of(servers.health(), servers.known().all());
    }

    private <T> T thinking(java.util.function.Function<Foresight, T> thought) {
        if (!room.tryAcquire()) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "%d such questions are being thought through already; try again"
                            .formatted(MOST_AT_A_TIME));
        }
        try {
            return thought.apply(
                    backend.deadline()
                            .await(
                                    backend.island().insight().foresight(),
                                    "copying what is known"));
        } finally {
            room.release();
        }
    }
}
