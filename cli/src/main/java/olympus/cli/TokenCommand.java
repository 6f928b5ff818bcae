package olympus.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
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

/** Tokens with which machines may join the island; holds its commands. */
@Command(
        description =
                "Makes, lists and revokes the tokens with which machines become nodes of the island.",
        synopsisSubcommandLabel = "COMMAND")
final class TokenCommand implements Runnable {

    /** As much of an id as people need to tell tokens apart. */
    private static final int SHORT_ID = 12;

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
                "Makes a token with which a machine may join with its agent, and prints the command for it.",
                "Whoever has it can have services of the island run on his machine, with their secrets: hand it over as you would a password."
            },
            footer =
                    "%nExamples:%n  olympus token create --agent%n  olympus token create --agent --uses 20 --ttl 24h")
    static final class Create implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(names = "--agent", description = "For a machine that runs only the agent.")
        private boolean agent;

        @Option(
                names = "--ttl",
                paramLabel = "DURATION",
                description = "How long it is good, 1s to 30 days (720h); else 1h.")
        private @Nullable String life;

        @Option(
                names = "--uses",
                paramLabel = "N",
                description = "How many machines may join with it, at most 1000; else 1.")
        private @Nullable Integer uses;

        Create(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            if (!agent) {
                throw new ParameterException(
                        spec.commandLine(),
                        "for what? --agent: for a machine that runs only the agent (a server joins with a token of `olympus servers add`)");
            }
            var api = session.api(options);
            var wanted = JSON.createObjectNode();
            if (life != null) {
                wanted.put("ttl", life);
            }
            if (uses != null) {
                wanted.put("uses", uses);
            }
            var body = api.post("/agent-tokens", wanted).body();
            session.print(options, body, made -> show(api, made));
            return ExitCodes.OK;
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
    @Command(description = "Lists the agent tokens that are good at present; never their text.")
    static final class Listing implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        Listing(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            session.print(options, session.api(options).get("/agent-tokens").body(), this::table);
            return ExitCodes.OK;
        }

        private void table(JsonNode body) {
            var now = Instant.now();
            var table = new Table("TOKEN", "USED", "ENDS", "MADE BY", "AGE");
            for (var token : body.path("tokens")) {
                table.row(
                        shortId(token),
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
                "Machines that have joined with it stay; olympus node remove has one go."
            })
    static final class Revoke implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(
                paramLabel = "TOKEN",
                description = "its id or the beginning of it, as olympus token list shows it")
        private String token = "";

        Revoke(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var body = session.api(options).delete("/agent-tokens/" + Api.escape(token)).body();
            session.print(
                    options, body, gone -> session.say("token " + shortId(gone) + " is revoked"));
            return ExitCodes.OK;
        }
    }
}
