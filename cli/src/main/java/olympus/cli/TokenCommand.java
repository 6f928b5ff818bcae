package olympus.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens of the API, and those with which machines may join the island; holds its commands. */
@Command(
        description =
                "Makes, lists and revokes tokens: those of people and programs, each with a role, and those with which machines become nodes of the island.",
        synopsisSubcommandLabel = "COMMAND")
final class TokenCommand implements Runnable {

    /** As much of an id as people need to tell tokens apart. */
    private static final int SHORT_ID = 12;

    /** The id of an agent token or the beginning of it; no token of the API is called so. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{6,64}");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Registers {@code token} with its subcommands. */
    static void addTo(CommandLine line, Session session) {
        var command = new CommandLine(new TokenCommand());
        command.addSubcommand("create", new Create(session));
        command.addSubcommand("list", new Listing(session), "ls");
        command.addSubcommand("revoke", new Revoke(session));
        line.addSubcommand("token", command, "tokens");
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? See: olympus token --help");
    }

    private static String shortId(JsonNode token) {
        var id = token.path("id").asString();
        return id.substring(0, Math.min(SHORT_ID, id.length()));
    }

    /** Makes a token. */
    @Command(
            description = {
                "Makes a token, and prints it once.",
                "With --role: for a person or program that uses the API. viewer reads; operator orders what runs, where and how; admin does everything. Whoever is admin may make one.",
                "With --agent: for a machine that is to join with its agent. Whoever has it can have services of the island run on his machine, with their secrets.",
                "Hand either over as you would a password."
            },
            footer =
                    "%nExamples:%n  olympus token create --role viewer --name grafana%n  olympus token create --role operator --name ana --ttl 8760h%n  olympus token create --agent --uses 20 --ttl 24h")
    static final class Create implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "For the API: viewer, operator or admin.")
        private @Nullable String role;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description =
                        "With --role: who it is in audit and decisions, unlike any other; else made up.")
        private @Nullable String name;

        @Option(names = "--agent", description = "For a machine that runs only the agent.")
        private boolean agent;

        @Option(
                names = "--ttl",
                paramLabel = "DURATION",
                description =
                        "How long it is good. With --agent 1s to 30 days (720h), else 1h; with --role up to ten years (87600h), else until it is revoked.")
        private @Nullable String life;

        @Option(
                names = "--uses",
                paramLabel = "N",
                description =
                        "With --agent: how many machines may join with it, at most 1000; else 1.")
        private @Nullable Integer uses;

        Create(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            if (agent == (role != null)) {
                throw new ParameterException(
                        spec.commandLine(),
                        agent
                                ? "--agent and --role are two kinds of token: say one of them"
                                : "for what? --role viewer|operator|admin: for a person or program that uses the API; --agent: for a machine that runs only the agent (a server joins with a token of `olympus servers add`)");
            }
            if (agent ? name != null : uses != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        agent ? "--name belongs to --role" : "--uses belongs to --agent");
            }
            var api = session.api(options);
            var wanted = JSON.createObjectNode();
            if (role != null) {
                wanted.put("role", role);
            }
            if (name != null) {
                wanted.put("name", name);
            }
            if (life != null) {
                wanted.put("ttl", life);
            }
            if (uses != null) {
                wanted.put("uses", uses);
            }
            var body = api.post(agent ? "/agent-tokens" : "/tokens", wanted).body();
            session.print(
                    options,
                    body,
                    made -> {
                        if (agent) {
                            show(api, made);
                        } else {
                            show(made);
                        }
                    });
            return ExitCodes.OK;
        }

        private void show(JsonNode made) {
            session.say(made.path("token").asString());
            session.remark(
                    "token %s has the role %s and is good %s. It is shown only now; it is given in OLYMPUS_TOKEN, with `olympus context`, or as Authorization: Bearer. `olympus token revoke %s` ends it."
                            .formatted(
                                    made.path("name").asString(),
                                    made.path("role").asString(),
                                    made.path("ends").isNull()
                                            ? "until it is revoked"
                                            : "until " + made.path("ends").asString(),
                                    made.path("name").asString()));
        }

        private void show(Api api, JsonNode made) {
            var servers = api.get("/servers").body().path("servers");
            var address =
                    StreamSupport.stream(servers.spliterator(), false)
                            .filter(server -> server.path("leader").asBoolean())
                            .map(server -> server.path("api").asString())
                            .findFirst()
                            .orElse("https://HOST:7400");
            session.say("On the new machine:");
            session.say("");
            session.say(
                    "  olympus agent --server %s --token %s"
                            .formatted(address, made.path("token").asString()));
            session.say("");
            var uses = made.path("uses").asInt();
            session.say(
                    "The token is good for %s, until %s. `olympus token revoke %s` ends it before."
                            .formatted(
                                    uses == 1 ? "one machine" : uses + " machines",
                                    made.path("ends").asString(),
                                    shortId(made)));
        }
    }

    /** Lists tokens. */
    @Command(
            description =
                    "Lists the tokens that are good at present, those of the API first; never their text.")
    static final class Listing implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        Listing(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var api = session.api(options);
            var both = JSON.createObjectNode();
            both.set("tokens", api.get("/tokens").body().path("tokens"));
            both.set("agentTokens", api.get("/agent-tokens").body().path("tokens"));
            session.print(options, both, this::table);
            return ExitCodes.OK;
        }

        private void table(JsonNode body) {
            var now = Instant.now();
            var table = new Table("TOKEN", "ROLE", "USED", "ENDS", "MADE BY", "AGE");
            for (var token : body.path("tokens")) {
                table.row(
                        token.path("name").asString(),
                        token.path("role").asString(),
                        "",
                        token.path("ends").isNull()
                                ? "when revoked"
                                : Ages.local(token.path("ends").asString()),
                        token.path("madeBy").asString(),
                        Ages.age(token.path("madeAt").asString(), now));
            }
            for (var token : body.path("agentTokens")) {
                table.row(
                        shortId(token),
                        "agent",
                        token.path("usedBy").size() + " of " + token.path("uses").asString(),
                        Ages.local(token.path("ends").asString()),
                        token.path("madeBy").asString(),
                        Ages.age(token.path("madeAt").asString(), now));
            }
            table.print(session.console().out());
        }
    }

    /** Ends a token. */
    @Command(
            description = {
                "Makes a token good for nothing from now on.",
                "Machines that have joined with an agent token stay; olympus node remove has one go."
            })
    static final class Revoke implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(
                paramLabel = "TOKEN",
                description =
                        "its name, or of an agent token the id or the beginning of it, as olympus token list shows it")
        private String token = "";

        Revoke(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var isOfAgents = ID.matcher(token).matches();
            var path = (isOfAgents ? "/agent-tokens/" : "/tokens/") + Api.escape(token);
            var body = session.api(options).delete(path).body();
            session.print(
                    options,
                    body,
                    gone ->
                            session.say(
                                    "token %s is revoked"
                                            .formatted(
                                                    isOfAgents
                                                            ? shortId(gone)
                                                            : gone.path("name").asString())));
            return ExitCodes.OK;
        }
    }
}
