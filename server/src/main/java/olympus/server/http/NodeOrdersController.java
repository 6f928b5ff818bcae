package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.json.EnumWords;
import olympus.model.state.NodeSpec;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What people want of nodes. */
@RestController
final class NodeOrdersController {

    private final Backend backend;

    NodeOrdersController(Backend backend) {
        this.backend = backend;
    }

    /**
     * @param labels to set
     * @param remove keys to remove
     */
    record LabelsRequest(Optional<Map<String, String>> labels, Optional<List<String>> remove) {

        Map<String, Optional<String>> changes() {
            var changes = new HashMap<String, Optional<String>>();
            labels.orElse(Map.of()).forEach((key, value) -> changes.put(key, Optional.of(value)));
            for (var key : remove.orElse(List.of())) {
                if (changes.put(key, Optional.empty()) != null) {
                    throw new OlympusException(
                            ErrorCode.INVALID,
                            "label %s is both set and removed; nothing was done".formatted(key));
                }
            }
            if (changes.isEmpty()) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "neither \"labels\" nor \"remove\" names a label; expected {\"labels\": {\"role\": \"web\"}, \"remove\": [\"rack\"]}");
            }
            return changes;
        }
    }

    /**
     * @param kind {@code cordon}, {@code drain} or {@code maintenance}
     */
    record WithdrawalRequest(String kind, Optional<String> reason, Optional<Boolean> force) {}

    @PostMapping(path = Api.V1 + "/nodes/{node}/labels", produces = Api.JSON)
    Answers.NodeOrdered label(
            @PathVariable String node,
            @RequestBody LabelsRequest body,
            HttpServletRequest request) {
        return ordered(
                node,
                backend.island().nodes().label(node, body.changes(), Caller.of(request).actor()));
    }

    @PutMapping(path = Api.V1 + "/nodes/{node}/withdrawal", produces = Api.JSON)
    Answers.NodeOrdered withdraw(
            @PathVariable String node,
            @RequestBody WithdrawalRequest body,
            HttpServletRequest request) {
        return ordered(
                node,
                backend.island()
                        .nodes()
                        .withdraw(
                                node,
                                kind(body.kind()),
                                body.reason().orElse(""),
                                body.force().orElse(false),
                                Caller.of(request).actor()));
    }

    private static NodeSpec.Kind kind(String word) {
        for (var kind : NodeSpec.Kind.values()) {
            if (EnumWords.of(kind).equals(word)) {
                return kind;
            }
        }
        throw new OlympusException(
                ErrorCode.INVALID,
                "\"kind\" is \"%s\"; expected cordon, drain or maintenance".formatted(word));
    }

    @DeleteMapping(path = Api.V1 + "/nodes/{node}/withdrawal", produces = Api.JSON)
    Answers.NodeOrdered restore(@PathVariable String node, HttpServletRequest request) {
        return ordered(node, backend.island().nodes().restore(node, Caller.of(request).actor()));
    }

    private Answers.NodeOrdered ordered(String node, CompletionStage<NodeId> order) {
        var id = backend.deadline().await(order, "an order to node " + node);
        return new Answers.NodeOrdered(node, id.toString());
    }
}
