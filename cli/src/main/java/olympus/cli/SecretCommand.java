package olympus.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import olympus.cli.GivenNames.SecretName;
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
import tools.jackson.databind.node.ArrayNode;

/** Olympus' own store of secrets; holds its commands. Values go in, and never come out. */
@Command(
        description =
                "Keeps passwords and keys in Olympus, encrypted, for stacks whose files call them external. Values are never shown, and never given as an argument.",
        synopsisSubcommandLabel = "COMMAND")
final class SecretCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Registers {@code secret} with its subcommands. */
    static void addTo(CommandLine line, Session session) {
        var command = new CommandLine(new SecretCommand());
        // What looks like an option may be a value: it is not to be quoted in an error.
        command.addSubcommand(
                "set",
                new CommandLine(new Enter(session, Purpose.SET))
                        .setUnmatchedOptionsArePositionalParams(true));
        command.addSubcommand("list", new Listing(session), "ls");
        command.addSubcommand(
                "rotate",
                new CommandLine(new Enter(session, Purpose.ROTATE))
                        .setUnmatchedOptionsArePositionalParams(true));
        command.addSubcommand("remove", new Removal(session), "rm");
        line.addSubcommand("secret", command, "secrets");
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? See: olympus secret --help");
    }

    private static String path(SecretName secret) {
        return "/stacks/%s/secrets/%s"
                .formatted(Api.escape(secret.stack()), Api.escape(secret.name()));
    }

    private static String names(JsonNode list) {
        return String.join(
                ", ",
                StreamSupport.stream(list.spliterator(), false).map(JsonNode::asString).toList());
    }

    /** What a value is entered for. */
    enum Purpose {
        SET(
                "Keeps a value, new or in place of the one before. The stack need not exist yet; services get the value with the next apply.",
                "set"),
        ROTATE(
                "Keeps a new value in place of the one before, and has the services that use it updated one after the other, as an apply would.",
                "rotate");

        private final String help;
        private final String word;

        Purpose(String help, String word) {
            this.help = help;
            this.word = word;
        }
    }

    /** Asks for a value and sends it. */
    @Command(
            footer = {
                "",
                "The value is asked for at a terminal, twice and without showing it, else read from standard input, of which one line end at its end is not part of it. At most 64 KiB of UTF-8.",
                "",
                "A stack's files use it with:  secrets: { NAME: { external: true } }"
            })
    static final class Enter implements Callable<Integer> {

        private final Session session;
        private final Purpose purpose;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(index = "0", paramLabel = "STACK/NAME", description = "e.g. shop/db-password")
        private String secret = "";

        @Parameters(index = "1..*", hidden = true, paramLabel = "")
        private List<String> more = List.of();

        @Option(
                names = "--from-file",
                paramLabel = "F",
                description = "Take the value from this file, as it is to its last character.")
        private @Nullable String file;

        Enter(Session session, Purpose purpose) {
            this.session = session;
            this.purpose = purpose;
        }

        /** Lets the shared class describe itself as the purpose it stands for. */
        @Spec
        void describe(CommandSpec given) {
            given.usageMessage().description(purpose.help);
        }

        @Override
        public Integer call() {
            var name = GivenNames.secret(secret);
            if (!more.isEmpty()) {
                throw new CommandFailure(
                        ExitCodes.USAGE,
                        "after %s stands more than belongs there (not repeated here: it may be a value). A value is never given as an argument, where other users and the shell's history see it; if it was one, choose another. Type it when asked, or: olympus secret %s %s --from-file F"
                                .formatted(name, purpose.word, name));
            }
            var api = session.api(options);
            if (purpose == Purpose.ROTATE) {
                refuseUnknown(api, name);
            }
            var source = new SecretInput(session.console());
            var text =
                    Optional.ofNullable(file)
                            .map(given -> SecretInput.ofFile(name.toString(), given))
                            .orElseGet(() -> source.typed(name.toString()));
            var query = purpose == Purpose.ROTATE ? "?rotate=true" : "";
            var body =
                    api.put(
                                    path(name) + query,
                                    JSON.createObjectNode().put("value", text),
                                    Map.of())
                            .body();
            session.print(options, body, answer -> tell(name, answer));
            return ExitCodes.OK;
        }

        /** Before somebody is asked for a value in vain. */
        private static void refuseUnknown(Api api, SecretName name) {
            var kept = api.list("/secrets", "secrets").path("secrets");
            if (StreamSupport.stream(kept.spliterator(), false)
                    .noneMatch(one -> one.path("secret").asString("").equals(name.toString()))) {
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        "there is no secret %s to rotate; olympus secret list names those that there are, olympus secret set makes one"
                                .formatted(name));
            }
        }

        private void tell(SecretName name, JsonNode answer) {
            session.say(
                    "%s is set (fingerprint %s)"
                            .formatted(name, answer.path("fingerprint").asString("")));
            if (!answer.path("updating").isEmpty()) {
                session.say("being updated with it: " + names(answer.path("updating")));
            } else if (purpose == Purpose.ROTATE) {
                session.say(
                        "no service of the current revision used another value: nothing is restarted");
            }
            if (!answer.path("outdated").isEmpty()) {
                session.say(
                        "still with the value before, until the next apply: "
                                + names(answer.path("outdated")));
            }
        }
    }

    /** Lists names. */
    @Command(
            description =
                    "Lists secrets: names, when each was set, by whom, and the fingerprint, which tells that two values differ. Never the values.")
    private static final class Listing implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "STACK",
                description = "only this stack's")
        private @Nullable String stack;

        Listing(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var only = Optional.ofNullable(stack).map(GivenNames::stack);
            var body = session.api(options).list("/secrets", "secrets");
            if (only.isPresent() && body.path("secrets") instanceof ArrayNode all) {
                all.removeIf(one -> !one.path("secret").asString("").startsWith(only.get() + "/"));
            }
            session.print(options, body, this::table);
            return ExitCodes.OK;
        }

        private void table(JsonNode body) {
            var table = new Table("SECRET", "SET", "BY", "FINGERPRINT");
            for (var secret : body.path("secrets")) {
                table.row(
                        secret.path("secret").asString(""),
                        Ages.local(secret.path("setAt").asString("")),
                        secret.path("setBy").asString(""),
                        secret.path("fingerprint").asString(""));
            }
            table.print(session.console().out());
        }
    }

    /** Forgets one. */
    @Command(
            description =
                    "Forgets a secret. Refused while a service of the current revision uses it.")
    private static final class Removal implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(index = "0", paramLabel = "STACK/NAME", description = "e.g. shop/db-password")
        private String secret = "";

        Removal(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var name = GivenNames.secret(secret);
            var body = session.api(options).delete(path(name)).body();
            session.print(options, body, _ -> session.say(name + " is removed"));
            return ExitCodes.OK;
        }
    }
}
