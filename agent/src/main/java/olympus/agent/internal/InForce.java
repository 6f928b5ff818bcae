package olympus.agent.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.json.RecordCodec;
import olympus.model.stack.SecretRefs;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceSpec;

/**
 * What this node acts on: the last accepted assignment, and what goes on beside it because the
 * store that the assignment came from has lost what it once ordered. Pure; kept whole on disk.
 *
 * <p>Invariant: no id stands both in {@code held} and in {@code left}; a held instance's
 * specification takes the place of what the assignment says of it.
 *
 * @param held specifications of an earlier incarnation, in force until their stack is among the
 *     assignment's or the assignment names them under the same run token
 * @param left found running without any specification, because the file that held it is lost too:
 *     not stopped, and not started again once they end
 */
record InForce(Assignment assignment, List<InstanceSpec> held, List<InstanceId> left) {

    static final RecordCodec<InForce> CODEC = RecordCodec.of("agent-assignment", 1, InForce.class);

    InForce {
        held = List.copyOf(held);
        left = List.copyOf(left);
    }

    /**
     * The first assignment of an agent that knows none before.
     *
     * @param found instances that are there all the same
     */
    static InForce first(Assignment wanted, Collection<InstanceId> found) {
        var named = tokens(wanted);
        return new InForce(
                wanted,
                List.of(),
                found.stream()
                        .filter(id -> !named.containsKey(id) && !isMeant(wanted, id))
                        .toList());
    }

    /** What is in force once {@code wanted} is accepted. */
    InForce followedBy(Assignment wanted) {
        var raised = wanted.stamp().incarnation() > assignment.stamp().incarnation();
        var named = tokens(wanted);
        var candidates = new TreeMap<InstanceId, InstanceSpec>();
        if (raised) {
            assignment.instances().forEach(spec -> candidates.put(spec.id(), spec));
        }
        held.forEach(spec -> candidates.put(spec.id(), spec));
        var kept = new ArrayList<InstanceSpec>();
        for (var spec : candidates.values()) {
            if (!isMeant(wanted, spec.id()) && !spec.runToken().equals(named.get(spec.id()))) {
                kept.add(spec);
            }
        }
        return new InForce(
                wanted,
                kept,
                left.stream()
                        .filter(id -> !isMeant(wanted, id) && !named.containsKey(id))
                        .toList());
    }

    /** What is wanted of each instance. */
    Map<InstanceId, InstanceSpec> specs() {
        var specs = new TreeMap<InstanceId, InstanceSpec>();
        assignment.instances().forEach(spec -> specs.put(spec.id(), spec));
        held.forEach(spec -> specs.put(spec.id(), spec));
        return specs;
    }

    /** What goes on without the store's knowing of it. */
    Set<InstanceId> unclaimed() {
        var ids = new TreeSet<>(left);
        held.forEach(spec -> ids.add(spec.id()));
        return ids;
    }

    /** What the report says of such an instance, and what to do about it. */
    static String remark(InstanceId id) {
        return "held: the store does not know this run; apply the stack again or remove it: olympus apply DIR | olympus remove %s"
                .formatted(id.service().stack());
    }

    String whyHeld() {
        return "the store of incarnation %d does not know this run"
                .formatted(assignment.stamp().incarnation());
    }

    /** The observation of a held instance, with {@link #remark}. */
    static InstanceObservation remarked(InstanceObservation seen) {
        var remark = remark(seen.id());
        return seen.reason().contains(remark)
                ? seen
                : seen.withReason(seen.reason().isEmpty() ? remark : seen.reason() + "; " + remark);
    }

    Set<SecretRef> neededSecrets() {
        var needed = new HashSet<SecretRef>();
        for (var spec : specs().values()) {
            needed.addAll(SecretRefs.in(spec.definition()));
        }
        return needed;
    }

    private static boolean isMeant(Assignment wanted, InstanceId id) {
        return wanted.stacks().contains(id.service().stack());
    }

    private static Map<InstanceId, String> tokens(Assignment wanted) {
        var tokens = new TreeMap<InstanceId, String>();
        wanted.instances().forEach(spec -> tokens.put(spec.id(), spec.runToken()));
        return tokens;
    }
}
