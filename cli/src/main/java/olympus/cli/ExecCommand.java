package olympus.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs a command within an instance of a service. */
@Command(
        description =
                "Runs a command within an instance of a service, with its user, directory and environment.",
        footer = {
            "",
            "Ends with the command's own exit code; with 125 when Olympus could not start it or lost sight of it."
        },
        exitCodeOnInvalidInput = ExecCommand.NOT_RUN,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "N:the command's own; 128 + signal number when it was killed",
            "125:Olympus could not run it, or what became of it is not known; the message says why"
        })
final class ExecCommand implements Callable<Integer> {

    /** As with docker: told apart from what most commands end with. */
    static final int NOT_RUN = 125;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern WITH_NUMBER = Pattern.compile("(.+)\\.([0-9]{1,9})");

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = {"-i", "--interactive"},
            description = "Gives the command what comes on standard input.")
    private boolean input;

    @Option(
            names = {"-t", "--tty"},
            description = "Gives the command a terminal, for shells and the like.")
    private boolean terminal;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "U",
            description = "User to run as. Default: the instance's own.")
    private @Nullable String user;

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "D",
            description = "Working directory. Default: the instance's own.")
    private @Nullable String directory;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "K=V",
            description = "A variable for the command; may be given several times.")
    private List<String> variables = new ArrayList<>();

    @Parameters(
            index = "0",
            paramLabel = "SERVICE[.N]",
            description =
                    "stack/service, or an unambiguous service name; .N for one of its instances, else the first that runs")
    private String service = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "-- CMD ARGS",
            description = "The command; put -- before it")
    private List<String> command = List.of();

    ExecCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try {
            return run();
        } catch (CommandFailure e) {
            throw new CommandFailure(NOT_RUN, String.valueOf(e.getMessage()), e);
        }
    }

    private int run() {
        var screen = Optional.<LocalTerminal>empty();
        if (terminal) {
            screen = LocalTerminal.ofProcess();
            if (screen.isEmpty()) {
                throw new CommandFailure(
                        NOT_RUN,
                        "-t needs a terminal at standard input, and there is none; leave -t away when input or output is a file or a pipe");
            }
        }
        var environment = environment();
        if (terminal) {
            var kind = session.finder().environment().get("TERM");
            if (kind != null) {
                environment.putIfAbsent("TERM", kind);
            }
        }
        var api = session.api(options);
        var named = WITH_NUMBER.matcher(service);
        var id = session.serviceId(api, named.matches() ? named.group(1) : service);
        var number =
                named.matches()
                        ? Optional.of(Integer.parseInt(named.group(2)))
                        : Optional.<Integer>empty();
        var started =
                api.post(Api.servicePath(id) + "/exec", order(number, environment, screen)).body();
        return new ExecClient(api.sockets(), session.console(), screen, input)
                .run("/exec/" + started.path("id").asString());
    }

    private Map<String, String> environment() {
        var all = new LinkedHashMap<String, String>();
        for (var variable : variables) {
            var equals = variable.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(NOT_RUN, "-e %s: expected NAME=VALUE".formatted(variable));
            }
            all.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return all;
    }

    private ObjectNode order(
            Optional<Integer> number,
            Map<String, String> environment,
            Optional<LocalTerminal> screen) {
        var order = JSON.createObjectNode();
        var words = order.putArray("command");
        command.forEach(words::add);
        number.ifPresent(n -> order.put("instance", n));
        if (user != null) {
            order.put("user", user);
        }
        if (directory != null) {
            order.put("directory", directory);
        }
        var settings = order.putObject("environment");
        environment.forEach(settings::put);
        order.put("input", input);
        screen.map(LocalTerminal::size)
                .ifPresent(size ->
                        order.putObject("terminal")
                                .put("columns", size.columns())
                                .put("rows", size.rows()));
        return order;
    }
}
