package olympus.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import olympus.cli.remote.AgentPackages;
import olympus.cli.remote.AgentSetup;
import olympus.cli.remote.RemoteFailure;
import olympus.cli.remote.Ssh;
import olympus.foundation.Poll;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One machine's way into the island: made able to run the agent, let in with a token of its own,
 * awaited, labelled. Threading: by one thread.
 */
final class NodeAddition {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    /** Beyond the patience: what is in may have asked at the very end. */
    private static final Duration TOKEN_OUTLIVES = Duration.ofMinutes(10);

    private final Api api;
    private final String host;
    private final Ssh ssh;
    private final Wish wish;
    private final Consumer<String> progress;

    NodeAddition(Api api, String host, Ssh ssh, Wish wish, Consumer<String> progress) {
        this.api = api;
        this.host = host;
        this.ssh = ssh;
        this.wish = wish;
        this.progress = progress;
    }

    /**
     * What is wanted of every machine.
     *
     * @param server the API that it asks to be let in
     */
    record Wish(
            String server,
            Map<String, String> labels,
            Optional<AgentPackages> packages,
            Duration patience) {
        Wish {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * What became of a machine.
     *
     * @param node its name in the island, once it is in
     * @param problem why it is not, or what is missing
     */
    record Added(String host, Optional<String> node, Optional<String> problem) {}

    /** The address that is given, or that of the server that leads. */
    static String address(Api api, Optional<String> given) {
        return given.orElseGet(() ->
                api.get("/servers")
                        .body()
                        .path("servers")
                        .valueStream()
                        .filter(server -> server.path("leader").asBoolean())
                        .map(server -> server.path("api").asString())
                        .findFirst()
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCodes.FAILED,
                                        "it is not known where the server that leads is reached; name one with --server https://HOST:7400")));
    }

    Added add() {
        try {
            var prepared =
                    new AgentSetup(ssh, wish.packages(), wish.patience(), progress).prepare();
            var body = JSON.createObjectNode();
            body.put("ttl", wish.patience().plus(TOKEN_OUTLIVES).toSeconds() + "s");
            var token = api.post("/agent-tokens", body).body();
            return letIn(prepared, token);
        } catch (RemoteFailure e) {
            return new Added(host, Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        } catch (CommandFailure e) {
            return new Added(
                    host,
                    Optional.empty(),
                    Optional.of("the server says: %s".formatted(e.getMessage())));
        }
    }

    private Added letIn(AgentSetup.Prepared prepared, JsonNode token) throws RemoteFailure {
        var id = token.path("id").asString();
        progress.accept("starts the agent");
        try {
            prepared.start(wish.server(), token.path("token").asString());
        } catch (RemoteFailure e) {
            throw abandoned(prepared, id, String.valueOf(e.getMessage()));
        }
        var node = Poll.within(wish.patience(), LOOK_AGAIN, () -> connected(id));
        if (node.isEmpty()) {
            throw abandoned(
                    prepared,
                    id,
                    "it did not come in within %d s; does it reach %s?"
                            .formatted(wish.patience().toSeconds(), wish.server()));
        }
        var name = node.get().path("node").asString();
        var missing = finish(prepared, id, node.get().path("id").asString());
        progress.accept("is node " + name);
        return new Added(host, Optional.of(name), missing);
    }

    /** What is left to do for a machine that is in; what of it failed. */
    private Optional<String> finish(AgentSetup.Prepared prepared, String token, String node) {
        var missing = new StringJoiner("; ").setEmptyValue("");
        try {
            prepared.settle();
            api.delete("/agent-tokens/" + Api.escape(token));
        } catch (RemoteFailure | CommandFailure e) {
            missing.add(
                    "it is in, but its used token still stands in its /etc/default/olympus-agent, or in the island: "
                            + e.getMessage());
        }
        try {
            label(node);
        } catch (CommandFailure e) {
            missing.add("it is in, but without labels: " + e.getMessage());
        }
        return missing.length() == 0 ? Optional.empty() : Optional.of(missing.toString());
    }

    private void label(String node) {
        if (!wish.labels().isEmpty()) {
            var body = JSON.createObjectNode();
            var labels = body.putObject("labels");
            wish.labels().forEach(labels::put);
            body.putArray("remove");
            api.post("/nodes/" + Api.escape(node) + "/labels", body);
        }
    }

    /** The node that was let in with this token, once it is linked. */
    private Optional<JsonNode> connected(String token) {
        var used =
                api.get("/agent-tokens")
                        .body()
                        .path("tokens")
                        .valueStream()
                        .filter(one -> one.path("id").asString().equals(token))
                        .flatMap(one -> one.path("usedBy").valueStream())
                        .map(JsonNode::asString)
                        .findFirst();
        if (used.isEmpty()) {
            return Optional.empty();
        }
        return api.list("/nodes", "nodes")
                .path("nodes")
                .valueStream()
                .filter(node -> node.path("id").asString().equals(used.get()))
                .filter(node -> node.path("connected").asBoolean())
                .findFirst();
    }

    /** Takes back what was begun; the reason, with what the machine had to say. */
    private RemoteFailure abandoned(AgentSetup.Prepared prepared, String token, String reason) {
        var told = new StringBuilder(reason);
        try {
            api.delete("/agent-tokens/" + Api.escape(token));
        } catch (CommandFailure e) {
            told.append("; its token is still good: ").append(e.getMessage());
        }
        try {
            var log = prepared.undo().strip().replaceAll("\\s*\\n\\s*", "; ");
            if (!log.isEmpty()) {
                told.append("; its log ends with: ").append(log);
            }
        } catch (RemoteFailure e) {
            told.append("; its unit is still in use: ").append(e.getMessage());
        }
        return new RemoteFailure(told.toString());
    }
}
