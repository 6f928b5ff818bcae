package olympus.zeus.internal;

import java.util.List;
import olympus.hermes.Operation;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;

/**
 * The server that decides: named in every decision that concerns no node, so that each entry of the
 * decision log tells on which system.
 *
 * @param name empty when it has none
 */
record DecidingServer(String name) {

    /** The same operations, with their decisions signed. */
    List<Operation> sign(List<Operation> operations) {
        return name.isEmpty() ? operations : operations.stream().map(this::sign).toList();
    }

    private Operation sign(Operation operation) {
        if (!(operation instanceof Operation.Append append)
                || !append.stream().equals(ZeusKeys.DECISIONS)) {
            return operation;
        }
        var decision = Codecs.DECISION.decode(append.value().unsafeArray());
        return decision.node().isEmpty() ? StackChanges.append(on(name, decision)) : operation;
    }

    private static Decision on(String server, Decision decision) {
        return new Decision(
                decision.at(),
                decision.actor(),
                decision.action(),
                decision.subject(),
                server,
                decision.why(),
                decision.result());
    }
}
