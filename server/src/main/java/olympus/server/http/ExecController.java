package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.Mask;
import olympus.foundation.OlympusException;
import olympus.link.ExecRequest;
import olympus.link.LinkLimits;
import olympus.link.TerminalSize;
import olympus.model.json.EnumWords;
import olympus.model.state.InstanceObservation;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.InstanceView;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Starts commands within instances. What is wrong is told here, as with every request; the bytes go
 * over the WebSocket of {@link ExecSocket} afterwards.
 */
@RestController
final class ExecController {

    /** Of all words together: what Linux takes as one argument. */
    static final int MAX_COMMAND_CHARACTERS = 128 * 1024;

    /** Of the words that the audit keeps. */
    private static final int AUDITED_CHARACTERS = 1_000;

    private static final Deadline STARTED_WITHIN =
            new Deadline(LinkLimits.EXEC_START_DEADLINE.plus(Duration.ofSeconds(5)));

    private final Backend backend;
    private final ExecSessions sessions;

    ExecController(Backend backend, ExecSessions sessions) {
        this.backend = backend;
        this.sessions = sessions;
    }

    /**
     * A command to run.
     *
     * @param instance which instance of the service, by its number; the first that runs when absent
     */
    record ExecOrder(
            List<String> command,
            Optional<Integer> instance,
            Optional<String> user,
            Optional<String> directory,
            Optional<Map<String, String>> environment,
            Optional<Boolean> input,
            Optional<Terminal> terminal) {

        /** The size of the terminal that the command shall have. */
        record Terminal(int columns, int rows) {}
    }

    @PostMapping(path = Api.V1 + "/services/{stack}/{service}/exec", produces = Api.JSON)
    @ResponseStatus(HttpStatus.CREATED)
    Answers.ExecStarted exec(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestBody ExecOrder order,
            HttpServletRequest request) {
        check(order);
        request.setAttribute(AuditTrail.DETAIL, audited(order));
        var view = backend.view();
        var found = ServicesController.find(view, ServicesController.id(stack, service));
        var instance = instance(found, order.instance());
        var id = instance.observed().id();
        connected(view, instance);
        var wanted =
                new ExecRequest(
                        id,
                        order.command(),
                        order.user().filter(user -> !user.isBlank()),
                        order.directory().filter(directory -> !directory.isBlank()),
                        order.environment().orElse(Map.of()),
                        order.input().orElse(false),
                        order.terminal()
                                .map(size -> new TerminalSize(size.columns(), size.rows())));
        var session =
                sessions.admit(
                        Caller.of(request),
                        () ->
                                STARTED_WITHIN.await(
                                        backend.island().agents().exec(instance.node(), wanted),
                                        "starting a command in " + id));
        return new Answers.ExecStarted(session, id.toString(), instance.nodeName());
    }

    private static void check(ExecOrder order) {
        if (order.command().isEmpty() || order.command().getFirst().isEmpty()) {
            throw new OlympusException(
                    ErrorCode.INVALID, "command: there is none; expected a program and its words");
        }
        var length = order.command().stream().mapToInt(String::length).sum();
        if (length > MAX_COMMAND_CHARACTERS) {
            throw new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "command: %d characters; at most %d are taken, give the rest as input"
                            .formatted(length, MAX_COMMAND_CHARACTERS));
        }
        for (var name : order.environment().orElse(Map.of()).keySet()) {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "environment: \"%s\" is no name of a variable; expected letters, digits and _"
                                .formatted(name));
            }
        }
    }

    /** The words without what looks like a secret, and the names of the variables. */
    static String audited(ExecOrder order) {
        var words = Mask.ofWords(order.command()).replaceAll("\\p{Cc}", " ");
        var names = order.environment().orElse(Map.of()).keySet().stream().sorted().toList();
        var text =
                "exec%s%s: %s"
                        .formatted(
                                order.user().map(user -> " as " + user).orElse(""),
                                names.isEmpty() ? "" : " with " + String.join(", ", names),
                                words);
        return text.length() <= AUDITED_CHARACTERS
                ? text
                : text.substring(0, AUDITED_CHARACTERS - 1) + "…";
    }

    private static InstanceView instance(
            ClusterView.ServiceView service, Optional<Integer> number) {
        if (number.isEmpty()) {
            return service.instances().stream()
                    .filter(ExecController::runs)
                    .findFirst()
                    .orElseThrow(() ->
                            new OlympusException(
                                    ErrorCode.CONFLICT,
                                    "no instance of %s runs: %s"
                                            .formatted(
                                                    service.service(), list(service.instances()))));
        }
        var asked =
                service.instances().stream()
                        .filter(one -> one.observed().id().ordinal() == number.get())
                        .findFirst()
                        .orElseThrow(() -> unknown(service, number.get()));
        if (!runs(asked)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s does not run; there are: %s"
                            .formatted(asked.observed().id(), list(service.instances())));
        }
        return asked;
    }

    private static OlympusException unknown(ClusterView.ServiceView service, int number) {
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "there is no instance %s.%d; there are: %s"
                        .formatted(service.service(), number, list(service.instances())));
    }

    private static boolean runs(InstanceView instance) {
        return instance.observed().state() == InstanceObservation.State.RUNNING;
    }

    private static String list(List<InstanceView> instances) {
        return instances.isEmpty()
                ? "none"
                : instances.stream()
                        .map(one ->
                                "%s (%s on %s%s)"
                                        .formatted(
                                                one.observed().id(),
                                                EnumWords.of(one.observed().state()),
                                                one.nodeName(),
                                                one.observed().reason().isEmpty()
                                                        ? ""
                                                        : ": " + one.observed().reason()))
                        .collect(Collectors.joining(", "));
    }

    private static void connected(ClusterView view, InstanceView instance) {
        view.nodes().stream()
                .filter(node -> node.id().equals(instance.node()) && !node.connected())
                .findFirst()
                .ifPresent(node -> {
                    throw new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "%s is on node %s, which is not connected%s; what runs there runs on, but no command can be started"
                                    .formatted(
                                            instance.observed().id(),
                                            node.name(),
                                            node.lastSeen()
                                                    .map(at -> " (last seen " + at + ")")
                                                    .orElse("")));
                });
    }
}
