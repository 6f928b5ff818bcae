package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.zeus.NodeCommands.NewExternal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Members that are managed elsewhere: listing one. They go as nodes do. */
@RestController
final class ExternalNodesController {

    private final Backend backend;

    ExternalNodesController(Backend backend) {
        this.backend = backend;
    }

    /**
     * @param address where it is reached, in words
     */
    record ExternalNodeRequest(
            @Nullable String name,
            Optional<Map<String, String>> labels,
            Optional<String> address,
            Optional<String> note) {}

    @PostMapping(path = Api.V1 + "/external-nodes", consumes = Api.JSON, produces = Api.JSON)
    @ResponseStatus(HttpStatus.CREATED)
    Answers.NodeOrdered add(@RequestBody ExternalNodeRequest body, HttpServletRequest request) {
        var name =
                Optional.ofNullable(body.name())
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.INVALID,
                                        "name: none is given; expected {\"name\": \"cdn\", \"labels\": {}, \"address\": \"\", \"note\": \"\"}"));
        request.setAttribute(AuditTrail.DETAIL, "external node " + name);
        var wanted =
                new NewExternal(
                        new NodeId(UUID.randomUUID()),
                        name,
                        body.labels().orElse(Map.of()),
                        body.address().orElse(""),
                        body.note().orElse(""));
        var added = backend.island().nodes().addExternal(wanted, Caller.of(request).actor());
        var id = backend.deadline().await(added, "adding " + name);
        return new Answers.NodeOrdered(name, id.toString());
    }
}
