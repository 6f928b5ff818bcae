package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.EnumWords;
import olympus.model.json.InvalidRecordException;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.DefinitionRules;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.Codecs;
import olympus.zeus.ClusterView.StackView;
import olympus.zeus.StackCommands.RevisionView;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Stacks: what is declared, and changes of it. */
@RestController
final class StacksController {

    private static final Part.Order<StackView, StackName> ORDER =
            new Part.Order<>(StackView::name, StackName::new, _ -> 1);

    private final Backend backend;

    StacksController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/stacks", produces = Api.JSON)
    Answers.Stacks all(
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var part = Part.of(backend.view().stacks(), ORDER, limit, cursor);
        return new Answers.Stacks(
                part.elements().stream().map(Answers.Stack::of).toList(), part.next());
    }

    @GetMapping(path = Api.V1 + "/stacks/{stack}", produces = Api.JSON)
    ResponseEntity<String> current(
            @PathVariable String stack,
            @RequestHeader(name = "If-None-Match", required = false) Optional<String> known) {
        var name = new StackName(stack);
        var current =
                backend.history(name).stream()
                        .filter(RevisionView::current)
                        .findFirst()
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.NOT_FOUND,
                                        "there is no stack \"" + name + "\" any more"));
        var tag = IfMatch.tag(current.revision());
        if (known.filter(tag::equals).isPresent()) {
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(tag).build();
        }
        return ResponseEntity.ok()
                .eTag(tag)
                .body(Codecs.STACK_DEFINITION.encode(current.definition()));
    }

    @PostMapping(path = Api.V1 + "/stacks/{stack}/plan", consumes = Api.JSON, produces = Api.JSON)
    ResponseEntity<Answers.Plan> plan(
            @PathVariable String stack,
            @RequestParam Optional<String> mode,
            @RequestBody byte[] body) {
        var request = backend.outside().secrets().withFingerprints(read(stack, body));
        var plan =
                backend.deadline()
                        .await(
                                backend.stacks()
                                        .plan(
                                                request.definition(),
                                                mode.map(StacksController::mode)),
                                "planning " + stack);
        return ResponseEntity.ok()
                .eTag(IfMatch.tag(plan.baseRevision()))
                .body(Answers.Plan.of(plan, backend.view()));
    }

    @PutMapping(path = Api.V1 + "/stacks/{stack}", consumes = Api.JSON, produces = Api.JSON)
    ResponseEntity<Answers.Plan> apply(
            @PathVariable String stack,
            @RequestParam(defaultValue = "false") boolean prune,
            @RequestParam Optional<String> mode,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            @RequestBody byte[] body,
            HttpServletRequest request) {
        var expected = IfMatch.revision(match);
        var actor = Caller.of(request).actor();
        var ordered = mode.map(StacksController::mode);
        var plan = backend.apply(read(stack, body), expected, prune, ordered, actor);
        return ResponseEntity.ok()
                .eTag(IfMatch.tag(plan.revision()))
                .body(Answers.Plan.of(plan, backend.view()));
    }

    /**
     * @param mode {@code observe}, {@code ask} or {@code manage}
     */
    record ModeRequest(String mode) {}

    @PutMapping(path = Api.V1 + "/stacks/{stack}/mode", consumes = Api.JSON, produces = Api.JSON)
    Answers.Mode mode(
            @PathVariable String stack,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            @RequestBody ModeRequest body,
            HttpServletRequest request) {
        var mode = mode(body.mode());
        var ordered =
                backend.stacks()
                        .mode(
                                new StackName(stack),
                                mode,
                                IfMatch.revision(match),
                                Caller.of(request).actor());
        backend.deadline().await(ordered, "changing the mode of " + stack);
        return new Answers.Mode(stack, EnumWords.of(mode));
    }

    /** What coming under {@code manage} would do. */
    @GetMapping(path = Api.V1 + "/stacks/{stack}/handover", produces = Api.JSON)
    ResponseEntity<Answers.Handover> handover(@PathVariable String stack) {
        var handover =
                backend.deadline()
                        .await(
                                backend.stacks().handover(new StackName(stack)),
                                "working out the handover of " + stack);
        return ResponseEntity.ok()
                .eTag(IfMatch.tag(handover.revision()))
                .body(Answers.Handover.of(handover));
    }

    private static StackDefinition.Mode mode(String word) {
        var mode = EnumWords.of(StackDefinition.Mode.class).get(word);
        if (mode == null) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "\"%s\" is no mode; expected observe, ask or manage".formatted(word));
        }
        return mode;
    }

    @PostMapping(path = Api.V1 + "/stacks/{stack}/release", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Releasing release(
            @PathVariable String stack,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            HttpServletRequest request) {
        var releasing =
                backend.stacks()
                        .release(
                                new StackName(stack),
                                IfMatch.revision(match),
                                Caller.of(request).actor());
        return new Answers.Releasing(
                backend.deadline().await(releasing, "releasing " + stack).stream()
                        .map(ServiceId::toString)
                        .toList());
    }

    @DeleteMapping(path = Api.V1 + "/stacks/{stack}", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Removing remove(
            @PathVariable String stack,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            HttpServletRequest request) {
        var name = new StackName(stack);
        otherProject(name)
                .ifPresent(project ->
                        request.setAttribute(AuditTrail.DETAIL, StackRemovals.detail(project)));
        var removing =
                backend.stacks().remove(name, IfMatch.revision(match), Caller.of(request).actor());
        return new Answers.Removing(
                backend.deadline().await(removing, "removing " + stack).stream()
                        .map(ServiceId::toString)
                        .toList());
    }

    /** The name of its Compose project, where the volumes that stay say another name than its. */
    private Optional<String> otherProject(StackName stack) {
        return backend.definitions(Optional.of(stack)).stream()
                .flatMap(definition -> definition.services().values().stream())
                .map(ServiceDefinition::workload)
                .filter(Workload.Container.class::isInstance)
                .map(workload -> ((Workload.Container) workload).project().name())
                .filter(project -> !project.equals(stack.value()))
                .findFirst();
    }

    @GetMapping(path = Api.V1 + "/stacks/{stack}/revisions", produces = Api.JSON)
    Answers.Revisions revisions(
            @PathVariable String stack,
            @RequestParam(defaultValue = Page.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var page = Page.of(limit, cursor);
        var all =
                backend.history(new StackName(stack)).stream()
                        .filter(r -> page.below().isEmpty() || r.revision() < page.below().get())
                        .toList();
        var shown = all.stream().limit(page.limit()).map(Answers.Revision::of).toList();
        var next =
                all.size() > shown.size()
                        ? Optional.of(Long.toString(shown.getLast().revision()))
                        : Optional.<String>empty();
        return new Answers.Revisions(shown, next);
    }

    @PostMapping(path = Api.V1 + "/stacks/{stack}/rollback", produces = Api.JSON)
    Answers.Plan rollback(
            @PathVariable String stack,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            @RequestBody(required = false) Optional<ServicesController.RollbackRequest> body,
            HttpServletRequest request) {
        var to = body.flatMap(ServicesController.RollbackRequest::to);
        var plan =
                backend.stacks()
                        .rollback(
                                new StackName(stack),
                                to,
                                IfMatch.revision(match),
                                Caller.of(request).actor());
        return Answers.Plan.of(
                backend.deadline().await(plan, "rolling back " + stack), backend.view());
    }

    private static ApplyRequest read(String stack, byte[] body) {
        var request = Codecs.APPLY_REQUEST.decode(body);
        var declared = request.definition().name();
        if (!declared.equals(new StackName(stack))) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "the definition is of stack \"%s\", the path names \"%s\"; both must be the same"
                            .formatted(declared, stack));
        }
        var broken = DefinitionRules.problems(request.definition());
        if (!broken.isEmpty()) {
            throw new InvalidRecordException("the definition of stack " + stack, broken);
        }
        return request;
    }
}
