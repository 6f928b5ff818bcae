package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.zeus.Foresight.Fate;
import olympus.zeus.Foresight.Gravity;
import olympus.zeus.Foresight.Loss;
import olympus.zeus.Foresight.Outcome;
import olympus.zeus.Supposition;

/** What the fates of instances that are lost mean for their services. Pure. */
final class Losses {

    private final Desired desired;
    private final Supposition supposition;
    private final Map<ServiceId, List<Fate>> byService;

    Losses(Desired desired, Supposition supposition, List<Fate> fates) {
        this.desired = desired;
        this.supposition = supposition;
        this.byService =
                fates.stream()
                        .collect(
                                Collectors.groupingBy(
                                        fate -> fate.instance().service(),
                                        TreeMap::new,
                                        Collectors.toList()));
    }

    List<Loss> all() {
        var losses = new ArrayList<Loss>();
        byService.forEach((service, fates) -> {
            if (fates.stream().anyMatch(this::isHit)) {
                losses.add(loss(service, fates));
            }
        });
        losses.sort(Comparator.comparing(Loss::gravity).thenComparing(Loss::service));
        return losses;
    }

    /**
     * It runs, or is to run, on a node that is supposed to be lost, or under a lease that nobody
     * renews.
     */
    private boolean isHit(Fate fate) {
        return fate.outcome() == Outcome.WAITS
                || (fate.outcome() == Outcome.MOVES && supposition.lost().contains(fate.node()));
    }

    private Loss loss(ServiceId service, List<Fate> fates) {
        var hit = fates.stream().filter(this::isHit).toList();
        var waiting = hit.stream().filter(fate -> fate.outcome() == Outcome.WAITS).toList();
        var moved = hit.size() - waiting.size();
        var left =
                (int)
                        fates.stream()
                                .filter(fate -> !supposition.lost().contains(fate.node()))
                                .filter(fate -> fate.runs() && !isHit(fate))
                                .count();
        return new Loss(
                service,
                gravity(service, waiting.size(), moved, left),
                hit.size(),
                left,
                moved,
                waiting.isEmpty() ? hit.getFirst().why() : waiting.getFirst().why());
    }

    private Gravity gravity(ServiceId service, int waiting, int moved, int left) {
        if (left > 0) {
            return waiting == 0 || isEverywhere(service) ? Gravity.FINE : Gravity.DEGRADED;
        }
        return moved > 0 ? Gravity.DOWN_UNTIL_MOVED : Gravity.STOPS;
    }

    private boolean isEverywhere(ServiceId service) {
        return desired.declared(service)
                .filter(declared -> declared.deploy().mode() == DeployPolicy.Mode.GLOBAL)
                .isPresent();
    }
}
