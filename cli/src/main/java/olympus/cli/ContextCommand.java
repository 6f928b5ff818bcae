package olympus.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import olympus.foundation.Durable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the file of named servers. */
@Command(
        description =
                "Lists named servers; with NAME and --address or --data-dir adds or changes one; with NAME alone makes it the current one.",
        footer =
                "%nExample:%n  OLYMPUS_TOKEN=… olympus context home --address https://mars:7400 --cacert ca.pem%n  olympus context home")
final class ContextCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the context's name")
    private @Nullable String name;

    ContextCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var contexts = read();
        if (name == null) {
            session.print(options, withoutTokens(contexts), ignored -> list(contexts));
            return ExitCodes.OK;
        }
        GivenNames.any("NAME", name);
        if (options.address != null || options.dataDirectory != null) {
            contexts.withObject("/contexts").set(name, described());
        } else if (contexts.path("contexts").path(name).isMissingNode()) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "no context \"%s\": give --address or --data-dir to create it".formatted(name));
        }
        contexts.put("current", name);
        write(contexts);
        session.say("current context: " + name);
        return ExitCodes.OK;
    }

    private ObjectNode described() {
        var context = JSON.createObjectNode();
        if (options.dataDirectory != null) {
            return context.put("dataDirectory", options.dataDirectory.toAbsolutePath().toString());
        }
        var address = session.finder().find(options.given());
        context.put("address", address.text()).put("token", address.token().text());
        address.caCertificate()
                .ifPresent(file -> context.put("caCertificate", file.toAbsolutePath().toString()));
        return context;
    }

    private void list(ObjectNode contexts) {
        var table = new Table("CURRENT", "NAME", "SERVER");
        var current = contexts.path("current").asString("");
        contexts.path("contexts")
                .forEachEntry((key, value) ->
                        table.row(
                                key.equals(current) ? "*" : "",
                                key,
                                value.path("address")
                                        .asString(value.path("dataDirectory").asString(""))));
        table.print(session.console().out());
    }

    private static ObjectNode withoutTokens(ObjectNode contexts) {
        var copy = contexts.deepCopy();
        copy.path("contexts").forEach(context -> ((ObjectNode) context).remove("token"));
        return copy;
    }

    private ObjectNode read() {
        var file = session.finder().contextFile();
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            return (ObjectNode) JSON.readTree(Files.readString(file));
        } catch (IOException | JacksonException | ClassCastException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private void write(ObjectNode contexts) {
        var file = session.finder().contextFile();
        try {
            Files.createDirectories(file.getParent());
            var text = contexts.toPrettyString().getBytes(StandardCharsets.UTF_8);
            Durable.replace(file, text, Durable.PRIVATE);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
