package olympus.cli;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

    /** Characters of a log. */
    private static final int MAX_TOLD = 600;

    /** Beyond the patience: what is in may have asked at the very end. */
    private static final Duration TOKEN_OUTLIVES = Duration.ofMinutes(10);

    private final Api api;
    private final String host;
    private final Ssh ssh;
    private final Wish wish;
    private final Consumer<String> progress;

    /** Why the island could not be asked when it was last, as a sentence. */
    private String silence = "";

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
    record Added(String host, Optional<String> node, Optional<String> problem) {
        static Added failed(String host, String problem) {
            return new Added(host, Optional.empty(), Optional.of(problem));
        }
    }

    /** The address that is given, or that of the server that leads. */
    static String address(Api api, Optional<String> given) {
        return given.orElseGet(() -> {
            var told =
                    api.get("/servers")
                            .body()
                            .path("servers")
                            .valueStream()
                            .filter(server -> server.path("leader").asBoolean())
                            .map(server -> server.path("api").asString())
                            .findFirst()
                            .orElseThrow(() -> unreachable("it is not known"));
            var host = String.valueOf(URI.create(told).getHost());
            if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
                throw unreachable("the server that leads says " + told);
            }
            return told;
        });
    }

    private static CommandFailure unreachable(String what) {
        return new CommandFailure(
                ExitCodes.FAILED,
                "where do other machines reach a server? %s; name one with --server https://HOST:7400"
                        .formatted(what));
    }

    Added add() {
        try {
            var prepared =
                    new AgentSetup(ssh, wish.packages(), wish.patience(), progress).prepare();
            var body = JSON.createObjectNode();
            body.put("ttl", wish.patience().plus(TOKEN_OUTLIVES).toSeconds() + "s");
            return letIn(prepared, api.post("/agent-tokens", body).body());
        } catch (RemoteFailure e) {
            return Added.failed(host, String.valueOf(e.getMessage()));
        } catch (CommandFailure e) {
            return Added.failed(host, "the server says: " + e.getMessage());
        }
    }

    private Added letIn(AgentSetup.Prepared prepared, JsonNode token) {
        var id = token.path("id").asString();
        progress.accept("starts the agent");
        var reason = "";
        try {
            prepared.start(wish.server(), token.path("token").asString());
            var node = Poll.within(wish.patience(), LOOK_AGAIN, () -> linked(id));
            if (node.isPresent()) {
                return finished(prepared, id, node.get(), Optional.empty());
            }
            reason =
                    "it did not come in within %d s; does it reach %s?%s"
                            .formatted(wish.patience().toSeconds(), wish.server(), silence);
        } catch (RemoteFailure e) {
            reason = String.valueOf(e.getMessage());
        }
        return abandoned(prepared, id, reason);
    }

    /** The node that was let in with this token, once it is linked. */
    private Optional<JsonNode> linked(String token) {
        try {
            silence = "";
            return api.get("/agent-tokens")
                    .body()
                    .path("tokens")
                    .valueStream()
                    .filter(one -> one.path("id").asString().equals(token))
                    .flatMap(NodeAddition::users)
                    .findFirst()
                    .flatMap(this::node)
                    .filter(node -> node.path("connected").asBoolean());
        } catch (CommandFailure e) {
            // A server that starts anew must not cost the machines that are on their way.
            silence = " The server said last: " + e.getMessage();
            return Optional.empty();
        }
    }

    private static Stream<String> users(JsonNode token) {
        return token.path("usedBy").valueStream().map(JsonNode::asString);
    }

    private Optional<JsonNode> node(String id) {
        return api.list("/nodes", "nodes")
                .path("nodes")
                .valueStream()
                .filter(node -> node.path("id").asString().equals(id))
                .findFirst();
    }

    /** What is left to do for a machine that is in. */
    private Added finished(
            AgentSetup.Prepared prepared, String token, JsonNode node, Optional<String> trouble) {
        var missing = new StringJoiner("; ").setEmptyValue("");
        trouble.ifPresent(missing::add);
        try {
            prepared.settle();
        } catch (RemoteFailure e) {
            missing.add("its used token still stands in its files: " + e.getMessage());
        }
        if (trouble.isEmpty()) {
            forget(token);
        }
        try {
            label(node.path("id").asString());
        } catch (CommandFailure e) {
            missing.add("it has no labels: " + e.getMessage());
        }
        var name = node.path("node").asString(node.path("id").asString());
        if (trouble.isEmpty()) {
            progress.accept("is node " + name);
        }
        var problem = missing.toString();
        return new Added(
                host,
                Optional.of(name),
                problem.isEmpty() ? Optional.empty() : Optional.of(problem));
    }

    /** Used up, it lets nobody in, and ends by itself where it cannot be deleted. */
    private void forget(String token) {
        try {
            api.delete("/agent-tokens/" + Api.escape(token));
        } catch (CommandFailure e) {
            progress.accept("its used token is still listed: " + e.getMessage());
        }
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

    /**
     * Takes back what was begun, and says why, with what the machine had to say. One that was let
     * in all the same is a node, which tries to link for ever: it stays.
     */
    private Added abandoned(AgentSetup.Prepared prepared, String token, String reason) {
        var told = new StringBuilder(reason);
        try {
            var used = users(api.delete("/agent-tokens/" + Api.escape(token)).body()).findFirst();
            if (used.isPresent()) {
                return finished(prepared, token, letIn(used.get()), Optional.of(unlinked(reason)));
            }
        } catch (CommandFailure e) {
            told.append("; its token may still be good: ").append(e.getMessage());
        }
        try {
            var log = prepared.undo().strip().replaceAll("\\s*\\n\\s*", "; ");
            if (!log.isEmpty()) {
                told.append("; its log ends with: ")
                        .append(log.substring(Math.max(0, log.length() - MAX_TOLD)));
            }
        } catch (RemoteFailure e) {
            told.append("; its unit may still be in use: ").append(e.getMessage());
        }
        return Added.failed(host, told.toString());
    }

    private JsonNode letIn(String id) {
        var unknown = JSON.createObjectNode().put("id", id).put("node", id);
        try {
            return node(id).orElse(unknown);
        } catch (CommandFailure e) {
            return unknown;
        }
    }

    private static String unlinked(String reason) {
        return "it was let in, and goes on trying to link: is port 7401 of the servers reached from there? olympus node remove takes it back (%s)"
                .formatted(reason);
    }
}
