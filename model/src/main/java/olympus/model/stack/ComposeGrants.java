package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.encrypted.AgeKeys;
import olympus.model.stack.ComposeSettings.External;
import olympus.model.stack.ComposeSettings.Grant;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.container.Mount;

/** The configs and secrets of a Compose project, and where their bytes come from. */
final class ComposeGrants {

    private static final String SECRET_FOLDER = "/run/secrets/";

    private final ComposeProject project;
    private final StackName stack;
    private final Map<SecretRef, String> clearTexts;
    private final ProblemLog problems;
    private final Map<String, Optional<Mount.Source>> secrets = new HashMap<>();

    /** Names of secrets that the project declares itself and some service uses, with places. */
    private final Map<String, Place> declared = new LinkedHashMap<>();

    ComposeGrants(
            ComposeProject project,
            StackName stack,
            Map<SecretRef, String> clearTexts,
            ProblemLog problems) {
        this.project = project;
        this.stack = stack;
        this.clearTexts = clearTexts;
        this.problems = problems;
    }

    Map<String, Place> declaredSecrets() {
        return declared;
    }

    Optional<Mount> secret(Grant grant) {
        var target = grant.target().orElse(grant.source().value());
        return source(grant).map(source -> mount(grant, target, SECRET_FOLDER, source));
    }

    private Optional<Mount.Source> source(Grant grant) {
        return secrets.computeIfAbsent(grant.source().value(), name -> secretSource(grant));
    }

    private Optional<Mount.Source> secretSource(Grant grant) {
        var name = grant.source().value();
        var found = project.resource(ComposeKeys.SECRETS, name);
        if (found.isEmpty()) {
            project.undeclared(ComposeKeys.SECRETS, "secret", grant.source());
            return Optional.empty();
        }
        return found.get().value().value().flatMap(f -> secretSource(name, f, found.get().place()));
    }

    private Optional<Mount.Source> secretSource(String name, Fields f, Place place) {
        var external = f.get(ComposeGrantKeys.EXTERNAL).orElse(External.NO);
        if (external.external()) {
            var stored = f.get(ComposeGrantKeys.NAME).or(external::name).orElse(name);
            return Optional.of(new Mount.Source.Secret(new SecretRef(stack, stored, "")));
        }
        declared.put(name, place);
        if (f.get(ComposeGrantKeys.FILE).isPresent()) {
            return f.get(ComposeGrantKeys.FILE).flatMap(file -> secretFile(name, file));
        }
        if (f.get(ComposeGrantKeys.ENVIRONMENT).isPresent()) {
            return f.get(ComposeGrantKeys.ENVIRONMENT)
                    .flatMap(variable -> variable(name, variable))
                    .map(text -> kept(name, text));
        }
        noSource("secret", name, f, place, "one of file, environment, external");
        return Optional.empty();
    }

    /** Reported unless something was written there, which then was reported itself. */
    private void noSource(String what, String name, Fields f, Place place, String expected) {
        if (f.values().size() == f.places().size()) {
            problems.error(place, "the %s \"%s\" has no source".formatted(what, name), expected);
        }
    }

    private Mount.Source kept(String name, String text) {
        var ref = new SecretRef(stack, name, "");
        clearTexts.put(ref, text);
        return new Mount.Source.Secret(ref);
    }

    /**
     * A file that is no text of moderate length is bound as it is, as Compose does with all; one
     * that age or SOPS encrypted is opened.
     */
    private Optional<Mount.Source> secretFile(String name, Located<String> file) {
        return project.path(file).flatMap(path -> secretFile(name, file, path));
    }

    private Optional<Mount.Source> secretFile(String name, Located<String> file, Path path) {
        var trial = new ProblemLog();
        if (secretFile(file, path, trial).isEncrypted()) {
            return secretFile(file, path, problems)
                    .text(Optional.empty(), keys(file))
                    .map(text -> kept(name, text));
        }
        var text = secretFile(file, path, trial).text(Optional.empty(), keys(file));
        if (text.isPresent()) {
            return text.map(t -> kept(name, t));
        }
        if (Files.isRegularFile(path)) {
            problems.warning(
                    file.place(),
                    "the secret \"%s\" is no text of at most %d bytes: its file is bound as it is, and not kept by Olympus"
                            .formatted(name, StackReader.MAX_SECRET_BYTES));
            return Optional.of(file(path));
        }
        problems.error(
                file.place(),
                "cannot read secret file %s: there is no such file".formatted(file.value()));
        return Optional.empty();
    }

    private static SecretFile secretFile(Located<String> file, Path path, ProblemLog problems) {
        return new SecretFile(path, "secret file", file.value(), file.place(), problems);
    }

    private AgeKeys keys(Located<String> file) {
        return new AgeKeys(project.sourceOf(file.place()).variables());
    }

    private static Mount.Source file(Path path) {
        return new Mount.Source.File(path.toString());
    }

    private Optional<String> variable(String name, Located<String> variable) {
        var value =
                Optional.ofNullable(
                        project.sourceOf(variable.place()).variables().get(variable.value()));
        if (value.isEmpty()) {
            problems.error(
                    variable.place(),
                    "the variable %s of \"%s\" is not set".formatted(variable.value(), name),
                    "it in the environment or in .env");
        }
        return value;
    }

    Optional<Mount> config(Grant grant) {
        var name = grant.source().value();
        var found = project.resource(ComposeKeys.CONFIGS, name);
        if (found.isEmpty()) {
            project.undeclared(ComposeKeys.CONFIGS, "config", grant.source());
            return Optional.empty();
        }
        var target = grant.target().orElse("/" + name);
        return found.get()
                .value()
                .value()
                .flatMap(f -> configSource(grant, f, found.get().place()))
                .map(source -> mount(grant, target, "/", source));
    }

    private Optional<Mount.Source> configSource(Grant grant, Fields f, Place place) {
        var name = grant.source().value();
        if (f.get(ComposeGrantKeys.EXTERNAL).orElse(External.NO).external()) {
            problems.refuse(
                    grant.source().place(),
                    "the config \"%s\" is external, and there is no store of configs"
                            .formatted(name),
                    "file, content or environment");
            return Optional.empty();
        }
        if (f.get(ComposeGrantKeys.FILE).isPresent()) {
            return f.get(ComposeGrantKeys.FILE).flatMap(this::configFile);
        }
        if (f.get(ComposeGrantKeys.CONTENT).isPresent()) {
            return f.get(ComposeGrantKeys.CONTENT).map(t -> new Mount.Source.Inline(t.value()));
        }
        if (f.get(ComposeGrantKeys.ENVIRONMENT).isPresent()) {
            return f.get(ComposeGrantKeys.ENVIRONMENT)
                    .flatMap(variable -> variable(name, variable))
                    .map(Mount.Source.Inline::new);
        }
        noSource("config", name, f, place, "one of file, content, environment");
        return Optional.empty();
    }

    private Optional<Mount.Source> configFile(Located<String> file) {
        return project.path(file)
                .map(path -> {
                    if (!Files.exists(path)) {
                        problems.warning(
                                file.place(), "there is no file %s".formatted(file.value()));
                    }
                    return file(path);
                });
    }

    private static Mount mount(Grant grant, String target, String folder, Mount.Source source) {
        return new Mount.Content(
                target.startsWith("/") ? target : folder + target,
                source,
                grant.uid(),
                grant.gid(),
                grant.mode());
    }
}
