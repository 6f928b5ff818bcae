package olympus.server.http;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.link.ServerSide;
import olympus.link.keys.Expiry;
import olympus.link.keys.SecretVault;
import olympus.model.StackName;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.StackDefinition;
import olympus.server.deadline.Deadline;
import olympus.server.group.Servers;
import olympus.server.nodes.NodeAdmission;
import olympus.server.problems.Problems;
import olympus.server.secrets.SecretStore;
import olympus.server.tokens.Tokens;
import olympus.zeus.ClusterView;
import olympus.zeus.Insight;
import olympus.zeus.NodeCommands;
import olympus.zeus.StackCommands;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackCommands.RevisionView;
import olympus.zeus.StackPlan;
import org.springframework.http.HttpStatus;

/** The parts of Olympus that the HTTP API speaks for. */
public record Backend(
        Island island, Outside outside, Others others, Clock clock, Deadline deadline) {

    /** What the island's state is asked of and ordered through. */
    public record Island(
            Hermes hermes,
            StackCommands stacks,
            NodeCommands nodes,
            Insight insight,
            Supplier<ClusterView> view,
            Supplier<DurationHistogram.Reading> reconcileTimes,
            ServerSide.Agents agents,
            Servers servers,
            NodeAdmission admission) {}

    /** What belongs to this process. */
    public record Outside(
            SecretStore secrets,
            Tokens tokens,
            Supplier<List<DoctorCheck>> doctor,
            Supplier<List<Expiry>> certificates,
            Supplier<Readiness> readiness,
            Problems problems,
            Self self) {}

    /**
     * The other servers of the island.
     *
     * @param vault of the island, by whose key one server knows what another says
     * @param trust authorities that vouch for the API of each
     */
    public record Others(SecretVault vault, List<X509Certificate> trust) {
        public Others {
            trust = List.copyOf(trust);
        }
    }

    /** Who this server is. */
    public record Self(String name, String version, Instant startedAt) {}

    /** Whether this server can do its work; {@code reason} says why not. */
    public record Readiness(boolean ready, String reason) {}

    /** Stores the request's secrets and makes its definition the current one of its stack. */
    public StackPlan apply(
            ApplyRequest request,
            Optional<Long> expectedRevision,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor) {
        return outside.secrets()
                .applying(
                        request,
                        definition ->
                                deadline.await(
                                        stacks().apply(
                                                        definition,
                                                        expectedRevision,
                                                        prune,
                                                        mode,
                                                        actor),
                                        "applying " + definition.name()),
                        () -> history(request.definition().name()));
    }

    /**
     * Applies as a request of {@code actor} would, whom no HTTP request brought: it stands in the
     * audit all the same, with how it ended.
     */
    public StackPlan applyAudited(ApplyRequest request, Actor actor) {
        var status = ErrorCode.INTERNAL.httpStatus();
        try {
            var plan = apply(request, Optional.empty(), false, Optional.empty(), actor);
            status = HttpStatus.OK.value();
            return plan;
        } catch (OlympusException e) {
            status = e.code().httpStatus();
            throw e;
        } finally {
            var stack = request.definition().name().value();
            audit().append(
                            new AuditEntry(
                                    clock.wall(),
                                    actor.name(),
                                    actor.from(),
                                    "PUT",
                                    Api.V1 + "/stacks/" + stack,
                                    stack,
                                    status,
                                    Optional.empty()));
        }
    }

    AuditStream audit() {
        return new AuditStream(hermes(), deadline);
    }

    /**
     * The current definitions of all stacks, or of one; those that are being removed are left out.
     */
    List<StackDefinition> definitions(Optional<StackName> only) {
        return view().stacks().stream()
                .filter(stack -> !stack.removing())
                .filter(stack -> only.isEmpty() || only.get().equals(stack.name()))
                .flatMap(stack -> history(stack.name()).stream())
                .filter(RevisionView::current)
                .map(RevisionView::definition)
                .toList();
    }

    List<RevisionView> history(StackName stack) {
        return deadline.await(stacks().history(stack), "reading the history of " + stack);
    }

    /** The present revision of a stack. */
    long revision(StackName stack) {
        return history(stack).stream()
                .filter(RevisionView::current)
                .findFirst()
                .map(RevisionView::revision)
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.NOT_FOUND,
                                "there is no stack \"%s\" any more".formatted(stack)));
    }

    /** What is wrong with the store or the server, although it may serve; each a sentence. */
    List<String> troubles() {
        return Stream.concat(
                        hermes().status().troubles().stream(), outside.problems().all().stream())
                .toList();
    }

    Leadership leadership() {
        return new Leadership(hermes(), island.servers().known());
    }

    Hermes hermes() {
        return island.hermes();
    }

    StackCommands stacks() {
        return island.stacks();
    }

    ClusterView view() {
        return island.view().get();
    }
}
