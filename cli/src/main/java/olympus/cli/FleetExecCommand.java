package olympus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs a command on the machines themselves. */
@Command(
        description = {
            "Runs a command on the machines themselves, on many at a time, and shows what each writes as it comes.",
            "A machine runs only what its own file D/fleet-exec.allow allows, and nothing without that file. Each call stands in the audit, and in the machine's own D/agent/fleet-exec.log. No shell runs the command; a machine that allows one can be given sh -c '…'.",
            "With -o json or yaml each event is one line or document: nodes, output, result, summary."
        },
        footer = {
            "",
            "Examples:",
            "  olympus fleet exec --all -- uptime",
            "  olympus fleet exec -l role=pi --timeout 10s -- systemctl status sshd",
            "  olympus fleet exec --node mars --node venus -o json -- df -h"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it ended with 0 on every node",
            "1:on some node it ended otherwise, was refused, timed out, or the node could not be reached",
            "2:wrong usage",
            "3:cannot connect to the server",
            "4:the server refused: wrong token, or not allowed"
        })
final class FleetExecCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY[=VALUE]",
            description = "Only nodes with this label; may be given more than once.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "Only this node, by its name or id; may be given more than once.")
    private List<String> nodes = new ArrayList<>();

    @Option(names = "--all", description = "Every node; instead of -l and --node.")
    private boolean all;

    @Option(
            names = "--timeout",
            paramLabel = "30s",
            description =
                    "How long it may take on each node, at most 10m; then it is ended there. Default: 30s.")
    private @Nullable String timeout;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "On how many nodes it runs at a time, at most 128. Default: 32.")
    private @Nullable Integer parallel;

    @Parameters(
            arity = "1..*",
            paramLabel = "-- CMD ARGS",
            description = "The command; put -- before it")
    private List<String> command = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    FleetExecCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        checkWhere();
        var told = new FleetOutput(session, options);
        session.api(options).stream("/fleet/exec", order(), told::event);
        return told.exitCode();
    }

    /** Every node is meant only where somebody says so: an empty choice is rather a mistake. */
    private void checkWhere() {
        var chosen = !nodes.isEmpty() || !labels.isEmpty();
        if (all && chosen) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--all is every node: leave it out, or leave out -l and --node");
        }
        if (!all && !chosen) {
            throw new ParameterException(
                    spec.commandLine(),
                    "on which nodes? Give -l KEY[=VALUE] or --node NODE, or --all for every node");
        }
    }

    private ObjectNode order() {
        var order = JSON.createObjectNode();
        var words = order.putArray("command");
        command.forEach(words::add);
        if (!nodes.isEmpty()) {
            var named = order.putArray("nodes");
            nodes.forEach(node -> named.add(GivenNames.node(node)));
        }
        if (!labels.isEmpty()) {
            var wanted = order.putArray("labels");
            labels.forEach(wanted::add);
        }
        if (all) {
            order.put("all", true);
        }
        if (timeout != null) {
            order.put("timeout", timeout);
        }
        if (parallel != null) {
            order.put("parallel", parallel);
        }
        return order;
    }
}
