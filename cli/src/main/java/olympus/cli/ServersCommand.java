package olympus.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** The servers of the island: lists them, and holds the commands that change who they are. */
@Command(description = "Lists the island's servers.", synopsisSubcommandLabel = "[COMMAND]")
final class ServersCommand implements Callable<Integer> {

    private static final int FEW_DAYS = 14;

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    private ServersCommand(Session session) {
        this.session = session;
    }

    /** Registers {@code servers} with its subcommands. */
    static void addTo(CommandLine line, Session session) {
        var command = new CommandLine(new ServersCommand(session));
        command.addSubcommand("list", new ServersCommand(session), "ls");
        command.addSubcommand("add", new Add(session));
        command.addSubcommand("remove", new Remove(session), "rm");
        command.addSubcommand("transfer-leader", new TransferLeader(session));
        line.addSubcommand("servers", command);
    }

    @Override
    public Integer call() {
        session.print(options, session.api(options).get("/servers").body(), this::table);
        return ExitCodes.OK;
    }

    private void table(JsonNode body) {
        var now = Instant.now();
        var table =
                new Table(
                        "SERVER",
                        "STATE",
                        "BEHIND",
                        "REACHED AT",
                        "API",
                        "VERSION",
                        "JOINED",
                        "IF LOST",
                        "REMARKS");
        for (var server : body.path("servers")) {
            table.row(
                    server.path("member").asString(),
                    state(server),
                    behind(server),
                    server.path("peers").asString("-"),
                    server.path("api").asString("-"),
                    server.path("version").asString(),
                    Ages.age(server.path("since").asString(), now),
                    server.path("ifLost").asString("-"),
                    remarks(server, body.path("answeredBy").asString("")));
        }
        table.print(session.console().out());
        body.path("advice").forEach(sentence -> session.say(sentence.asString()));
        var servers = body.path("servers");
        if (servers.size() > 1
                && servers.valueStream().noneMatch(one -> one.path("leader").asBoolean())) {
            session.say(
                    "NO LEADER, as far as the server that answered knows: orders are refused until most servers run and reach each other; services run on");
        }
    }

    private static String state(JsonNode server) {
        return server.path("leader").asBoolean() ? "leader" : server.path("state").asString();
    }

    /** How many entries of the log it has not got yet. */
    private static String behind(JsonNode server) {
        if (!server.path("voter").asBoolean()) {
            return "-";
        }
        var report = server.path("report");
        return report.isObject() ? report.path("behindEntries").asString() : "no answer";
    }

    private static String remarks(JsonNode server, String answeredBy) {
        var remarks = new StringJoiner("; ");
        if (server.path("member").asString().equals(answeredBy)) {
            remarks.add("answered this");
        }
        if (!server.path("problem").asString("").isEmpty()) {
            remarks.add(server.path("problem").asString());
        }
        soon(server.path("certificatesEnd").asString("")).ifPresent(remarks::add);
        return remarks.toString();
    }

    /** They are renewed long before, so that this tells of something that does not work. */
    private static Optional<String> soon(String end) {
        try {
            var days = Duration.between(Instant.now(), Instant.parse(end)).toDays();
            return days < FEW_DAYS
                    ? Optional.of("a certificate ends in %d days".formatted(days))
                    : Optional.empty();
        } catch (DateTimeParseException notSaid) {
            return Optional.empty();
        }
    }

    /** Makes a join token. */
    @Command(
            description = {
                "Makes a token with which one new server may join, and prints the command for it.",
                "The token is good once, for an hour. Whoever has it becomes a full server of the island, with all of its keys: hand it over as you would a password."
            })
    static final class Add implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        Add(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var api = session.api(options);
            var body = api.post("/servers/join-tokens", null).body();
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
                    "  olympus server --join %s --token %s"
                            .formatted(address, made.path("token").asString()));
            session.say("");
            session.say("The token is good once, until " + made.path("ends").asString() + ".");
            var count = servers.size() + 1;
            if (count % 2 == 0) {
                session.remark(
                        "%d servers are worse than %d: one more that can fail, and none more that may; go on to %d"
                                .formatted(count, count - 1, count + 1));
            }
        }
    }

    /** Has a server leave. */
    @Command(
            description = {
                "Has a server leave the island; waits until the others have let it go.",
                "What it runs as a node goes on; its data folder is of no more use to a server."
            })
    static final class Remove implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(paramLabel = "SERVER", description = "as olympus servers lists it")
        private String server = "";

        @Option(
                names = "--force",
                description = "Even while instances are assigned to its machine.")
        private boolean force;

        @Option(
                names = {"-y", "--yes"},
                description = "Do not ask.")
        private boolean yes;

        @Mixin private final WaitOptions waiting = new WaitOptions();

        Remove(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            if (!yes) {
                confirm();
            }
            var api = session.api(options);
            var body =
                    api.delete("/servers/" + Api.escape(server) + (force ? "?force=true" : ""))
                            .body();
            if (waiting.isWanted()) {
                await(session.patientApi(options), waiting.patience());
            }
            session.print(
                    options,
                    body,
                    _ ->
                            session.say(
                                    waiting.isWanted()
                                            ? server + " has left"
                                            : server + " is leaving"));
            return ExitCodes.OK;
        }

        private void confirm() {
            if (!session.console().interactive()) {
                throw new CommandFailure(
                        ExitCodes.REFUSED,
                        "nothing was changed: say --yes to have it leave without being asked");
            }
            if (!session.console().confirm("Have server " + server + " leave the island?")) {
                throw new CommandFailure(ExitCodes.REFUSED, "nothing was changed");
            }
        }

        private void await(Api api, Duration patience) {
            var left = UnderWay.await(patience, () -> leaving(api), session::remark);
            if (!left.isEmpty()) {
                throw UnderWay.notDone(server + " is leaving", patience, left, "olympus servers");
            }
        }

        private List<String> leaving(Api api) {
            return StreamSupport.stream(
                            api.get("/servers").body().path("servers").spliterator(), false)
                    .filter(each -> each.path("member").asString().equals(server))
                    .map(each ->
                            "%s is %s%s"
                                    .formatted(
                                            server,
                                            each.path("state").asString(),
                                            each.path("problem").asString("").isEmpty()
                                                    ? ""
                                                    : ": " + each.path("problem").asString()))
                    .toList();
        }
    }

    /** Has another server lead. */
    @Command(
            name = "transfer-leader",
            description = "Has a server lead, e.g. before the one that leads is restarted.")
    static final class TransferLeader implements Callable<Integer> {

        private final Session session;

        @Mixin private final CommonOptions options = new CommonOptions();

        @Parameters(paramLabel = "SERVER", description = "as olympus servers lists it")
        private String server = "";

        TransferLeader(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            var body =
                    session.api(options)
                            .post("/servers/" + Api.escape(server) + "/lead", null)
                            .body();
            session.print(options, body, _ -> session.say(server + " leads now"));
            return ExitCodes.OK;
        }
    }
}
