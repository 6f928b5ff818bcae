package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.server.secrets.KeptSecret;
import olympus.server.secrets.KeptSecrets;
import olympus.zeus.StackCommands.RevisionView;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Olympus' own store of secrets: values go in, and never come out. */
@RestController
final class SecretsController {

    private static final Part.Order<KeptSecret, String> ORDER =
            new Part.Order<>(KeptSecret::id, Function.identity(), _ -> 1);

    private final Backend backend;

    SecretsController(Backend backend) {
        this.backend = backend;
    }

    /**
     * Its text shows no clear text.
     *
     * @param value the clear text
     */
    record SecretValue(@Nullable String value) {
        @Override
        public String toString() {
            return "SecretValue[]";
        }
    }

    @GetMapping(path = Api.V1 + "/secrets", produces = Api.JSON)
    Answers.Secrets all(
            @RequestParam Optional<String> stack,
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor,
            HttpServletRequest request) {
        var reads = AnsweredHere.reads(request, backend);
        var part = Part.of(kept().all(reads, stack.map(StackName::new)), ORDER, limit, cursor);
        return new Answers.Secrets(
                part.elements().stream().map(Answers.SecretEntry::of).toList(), part.next());
    }

    @PutMapping(
            path = Api.V1 + "/stacks/{stack}/secrets/{name}",
            consumes = Api.JSON,
            produces = Api.JSON)
    Answers.SecretSet set(
            @PathVariable String stack,
            @PathVariable String name,
            @RequestParam(defaultValue = "false") boolean rotate,
            @RequestBody SecretValue body,
            HttpServletRequest request) {
        var text = body.value();
        if (text == null) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "secret %s/%s was not set: the body has no \"value\"".formatted(stack, name));
        }
        var caller = Caller.of(request);
        var of = new StackName(stack);
        var value = new KeptSecrets.NewValue(of, name, text, caller.name());
        var outcome =
                rotate
                        ? kept().rotate(
                                        value,
                                        () -> revisions(of),
                                        (definition, revision) ->
                                                applyAgain(definition, revision, caller))
                        : kept().set(value, () -> revisions(of));
        return Answers.SecretSet.of(outcome);
    }

    @DeleteMapping(path = Api.V1 + "/stacks/{stack}/secrets/{name}", produces = Api.JSON)
    Answers.SecretRemoved remove(@PathVariable String stack, @PathVariable String name) {
        var of = new StackName(stack);
        kept().remove(of, name, () -> revisions(of));
        return new Answers.SecretRemoved(stack + "/" + name);
    }

    private KeptSecrets kept() {
        return backend.outside().secrets().kept();
    }

    private void applyAgain(StackDefinition definition, long revision, Caller caller) {
        var ordered =
                backend.stacks()
                        .apply(
                                definition,
                                Optional.of(revision),
                                false,
                                Optional.empty(),
                                caller.actor());
        backend.deadline().await(ordered, "applying " + definition.name());
    }

    /** None for a stack that was not applied yet: its secrets are set before. */
    private List<RevisionView> revisions(StackName stack) {
        try {
            return backend.history(stack);
        } catch (OlympusException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }
}
