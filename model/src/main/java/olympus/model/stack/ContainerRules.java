package olympus.model.stack;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import olympus.model.StackName;
import olympus.model.stack.DefinitionRules.Finding;
import olympus.model.stack.container.Mount;

/** What must hold of a container beyond the types of its fields. */
final class ContainerRules {

    private static final int MAX_TEXT = 1 << 20;

    private final String path;
    private final StackName stack;
    private final List<Finding> findings;

    private ContainerRules(String path, StackName stack, List<Finding> findings) {
        this.path = path;
        this.stack = stack;
        this.findings = findings;
    }

    static void check(
            String path, StackName stack, Workload.Container container, List<Finding> findings) {
        var rules = new ContainerRules(path, stack, findings);
        if (container.image().reference().isBlank()) {
            rules.error("image", "the container has no image", "an image such as postgres:16");
        }
        container.environment().forEach(rules::variable);
        var targets = new HashSet<String>();
        container.mounts().forEach(mount -> rules.mount(mount, targets));
    }

    private void error(String part, String message, String expected) {
        findings.add(new Finding(true, path + "." + part, message, expected, ""));
    }

    private void variable(String name, Workload.EnvironmentValue value) {
        var part = "environment." + name;
        if (name.isBlank() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            error(part, "\"%s\" cannot be the name of a variable".formatted(name), "no = in it");
        }
        switch (value) {
            case Workload.EnvironmentValue.Literal literal -> {
                if (literal.value().indexOf('\0') >= 0 || literal.value().length() > MAX_TEXT) {
                    error(
                            part,
                            "the text holds a zero byte or is longer than %d characters"
                                    .formatted(MAX_TEXT),
                            "");
                }
            }
            case Workload.EnvironmentValue.Secret secret ->
                    DefinitionRules.secret(path + "." + part, stack, secret.ref(), findings);
        }
    }

    private void mount(Mount mount, Set<String> targets) {
        if (!mount.target().startsWith("/")) {
            error("mounts", "found \"%s\"".formatted(mount.target()), "an absolute path");
        }
        if (!targets.add(mount.target())) {
            error(
                    "mounts",
                    "two mounts are seen at %s".formatted(mount.target()),
                    "a target for each");
        }
        switch (mount) {
            case Mount.Bind bind -> {
                if (!bind.source().startsWith("/")) {
                    error("mounts", "found \"%s\"".formatted(bind.source()), "an absolute path");
                }
            }
            case Mount.Content content -> {
                if (content.source() instanceof Mount.Source.Secret(var ref)) {
                    DefinitionRules.secret(path + ".mounts", stack, ref, findings);
                }
            }
            case Mount.Named ignored -> {}
            case Mount.Anonymous ignored -> {}
            case Mount.Tmpfs ignored -> {}
        }
    }
}
