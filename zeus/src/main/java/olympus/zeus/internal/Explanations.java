package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.state.Decision;
import olympus.model.state.InstanceObservation;
import olympus.zeus.ClusterView;
import olympus.zeus.StackCommands.Cause;

/**
 * Answers why a thing is as it is: its present state in words, then what was decided about it.
 * Pure.
 */
final class Explanations {

    /** A word of the language, and not the name of a thing. */
    private static final Pattern WORD = Pattern.compile("[a-z]+[ ,;]");

    /** More names than this are counted instead of listed in a message. */
    private static final int LISTED = 10;

    private final ClusterView view;
    private final Instant now;
    private final List<Cause> causes = new ArrayList<>();

    private Explanations(ClusterView view, Instant now) {
        this.view = view;
        this.now = now;
    }

    /** Which decisions concern {@code thing}. */
    static Predicate<Decision> concerning(String thing, ClusterView view) {
        return new Explanations(view, Instant.EPOCH).resolve(thing);
    }

    /** What is known of {@code thing}, newest first; what holds now is as new as the answer. */
    static List<Cause> of(
            String thing, ClusterView view, DecisionSearch.Found decisions, Instant now) {
        var explanations = new Explanations(view, now);
        explanations.resolve(thing);
        explanations.pauses();
        var causes = new ArrayList<>(explanations.causes);
        decisions.decisions().forEach(d -> causes.add(new Cause(d.at(), "decision", sentence(d))));
        if (causes.isEmpty()) {
            throw notFound(thing, view);
        }
        decisions
                .stoppedAt()
                .ifPresent(at ->
                        causes.add(
                                new Cause(
                                        at,
                                        "search",
                                        "The search ended here, after %d decisions; there may be older ones."
                                                .formatted(decisions.lookedAt()))));
        causes.sort(Comparator.comparing(Cause::at).reversed());
        return List.copyOf(causes);
    }

    private static OlympusException notFound(String thing, ClusterView view) {
        var known = view.services().stream().map(s -> s.service().toString()).toList();
        var listed = String.join(", ", known.subList(0, Math.min(known.size(), LISTED)));
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "nothing is called \"%s\"; expected a service (%s%s), an instance, a stack or a node"
                        .formatted(
                                thing,
                                listed,
                                known.size() > LISTED
                                        ? " … and %d more".formatted(known.size() - LISTED)
                                        : ""));
    }

    /** Adds what is to be said of the thing, and answers which decisions concern it. */
    private Predicate<Decision> resolve(String thing) {
        var services = view.services().stream().filter(s -> names(s, thing)).toList();
        if (services.size() > 1
                && services.stream().noneMatch(s -> s.service().stack().value().equals(thing))) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "\"%s\" is ambiguous: %s"
                            .formatted(
                                    thing,
                                    String.join(
                                            ", ",
                                            services.stream()
                                                    .map(s -> s.service().toString())
                                                    .toList())));
        }
        services.forEach(s -> service(s, thing));
        var node =
                view.nodes().stream()
                        .filter(n -> n.name().equals(thing) || n.id().toString().equals(thing))
                        .findFirst();
        node.ifPresent(this::node);
        view.external().stream()
                .filter(one ->
                        one.node().name().equals(thing) || one.node().id().toString().equals(thing))
                .forEach(this::external);
        var stack = view.stacks().stream().filter(s -> s.name().value().equals(thing)).findFirst();
        stack.ifPresent(this::stack);
        return d ->
                concerns(d.subject(), thing)
                        || services.stream()
                                .anyMatch(s ->
                                        thing.contains(".")
                                                ? false
                                                : concerns(d.subject(), s.service().toString()))
                        || services.stream()
                                .anyMatch(s -> d.subject().equals(s.service().stack().value()))
                        || node.filter(n -> d.node().equals(n.name()) && isOfNode(d)).isPresent();
    }

    /** Not about a stack or service, for which {@code node} is the server that decided. */
    private static boolean isOfNode(Decision decision) {
        return decision.subject().contains(".")
                || decision.subject().startsWith("node:")
                || decision.actor().startsWith("agent:");
    }

    private static boolean names(ClusterView.ServiceView service, String thing) {
        return service.service().toString().equals(thing)
                || service.service().service().equals(thing)
                || service.service().stack().value().equals(thing)
                || service.instances().stream()
                        .anyMatch(i -> i.observed().id().toString().equals(thing));
    }

    private static boolean concerns(String subject, String thing) {
        return subject.equals(thing)
                || subject.startsWith(thing + ".")
                || subject.startsWith(thing + "/")
                || subject.equals("node:" + thing);
    }

    private void service(ClusterView.ServiceView service, String thing) {
        var sentence =
                "%s is %s: %d of %d instances are healthy."
                        .formatted(
                                service.service(),
                                service.state(),
                                service.healthy(),
                                service.desired());
        var reason = service.reason().isEmpty() ? "" : " " + capital(service.reason()) + ".";
        causes.add(new Cause(now, "state", sentence + reason));
        for (var instance : service.instances()) {
            var id = instance.observed().id().toString();
            if (id.equals(thing)
                    || (!thing.startsWith(service.service() + ".") && !instance.isWell())) {
                instance(instance);
            }
        }
    }

    private void instance(ClusterView.InstanceView instance) {
        var seen = instance.observed();
        var restarts =
                seen.restarts() == 0 ? "" : ", restarted %d times".formatted(seen.restarts());
        var reason = seen.reason().isEmpty() ? "" : ": " + seen.reason();
        causes.add(
                new Cause(
                        seen.since(),
                        "instance",
                        "%s on %s is %s%s%s"
                                .formatted(
                                        seen.id(),
                                        instance.nodeName(),
                                        words(instance),
                                        restarts,
                                        reason)));
        view.nodes().stream()
                .filter(n ->
                        n.id().equals(instance.node()) && (!n.connected() || n.brake().isPresent()))
                .findFirst()
                .ifPresent(this::node);
    }

    private static String words(ClusterView.InstanceView instance) {
        var was = words(instance.observed());
        return instance.away()
                .map(away ->
                        "unknown"
                                + away.lastHeard()
                                        .map(at -> " (was %s at %s)".formatted(was, at))
                                        .orElse(""))
                .orElse(was);
    }

    private static String words(InstanceObservation seen) {
        var health = seen.health() == InstanceObservation.Health.FAILING ? " and unhealthy" : "";
        return seen.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + health;
    }

    private void node(ClusterView.NodeView node) {
        var seen =
                node.lastSeen()
                        .map(at -> "last heard from at " + at)
                        .orElse("of which nothing is known since this server started");
        causes.add(
                new Cause(
                        node.lastSeen().orElse(now),
                        "node",
                        node.connected()
                                ? "Node %s is connected and has %d instances."
                                        .formatted(node.name(), node.instances())
                                : "Node %s is not connected, %s. Its agent, if it lives, goes on running its %d instances by itself. Once it counts as lost, what can run elsewhere is started there."
                                        .formatted(node.name(), seen, node.instances())));
        node.brake()
                .ifPresent(b ->
                        causes.add(
                                new Cause(
                                        now,
                                        "brake",
                                        "Node %s holds back restarts: %s"
                                                .formatted(node.name(), b))));
        node.paused()
                .ifPresent(p ->
                        causes.add(
                                new Cause(
                                        now,
                                        "pause",
                                        "Node %s takes no automatic action: %s"
                                                .formatted(node.name(), p))));
        node.problems()
                .forEach(p ->
                        causes.add(
                                new Cause(
                                        now, "problem", "Node %s: %s".formatted(node.name(), p))));
    }

    private void external(ClusterView.ExternalView external) {
        var node = external.node();
        var note = node.note().isEmpty() ? "" : " " + capital(node.note());
        causes.add(new Cause(node.since(), "node", "Node %s.%s".formatted(node.refusal(), note)));
    }

    private void stack(ClusterView.StackView stack) {
        causes.add(
                new Cause(
                        stack.appliedAt(),
                        "stack",
                        stack.removing()
                                ? "Stack %s is being removed by %s."
                                        .formatted(stack.name(), stack.actor())
                                : "Stack %s is at revision %d, applied by %s, with %d services."
                                        .formatted(
                                                stack.name(),
                                                stack.revision(),
                                                stack.actor(),
                                                stack.services())));
    }

    private void pauses() {
        if (causes.isEmpty()) {
            return;
        }
        for (var pause : view.pauses()) {
            causes.add(
                    new Cause(
                            pause.since(),
                            "pause",
                            "Automatic action is paused (%s) by %s: %s."
                                    .formatted(pause.scope(), pause.by(), pause.reason())));
        }
    }

    static String sentence(Decision decision) {
        var node = decision.node().isEmpty() ? "" : " on " + decision.node();
        return "%s: %s %s%s, because %s. Result: %s."
                .formatted(
                        decision.actor(),
                        decision.action(),
                        decision.subject(),
                        node,
                        decision.why(),
                        decision.result());
    }

    /** Begins with a capital letter, unless it begins with an id, a path or another name. */
    private static String capital(String sentence) {
        return WORD.matcher(sentence).lookingAt()
                ? Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1)
                : sentence;
    }
}
