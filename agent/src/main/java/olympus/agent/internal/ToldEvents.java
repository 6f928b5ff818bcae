package olympus.agent.internal;

import java.util.List;
import olympus.link.LinkLimits;
import olympus.model.state.AgentEvent;

/**
 * Decides which events are told: in one message the oldest that no server is known to have
 * recorded, never later ones without them. Whichever server records a message, and whatever it
 * heard before, it passes over nothing. Pure but for the last number told. Threading: the
 * supervision loop.
 */
final class ToldEvents {

    static final int MAX_TOLD = LinkLimits.MAX_EVENTS_PER_MESSAGE;

    private long lastTold;

    /** For servers that may have heard nothing of it, or were not able to record it. */
    List<AgentEvent> again(List<AgentEvent> unrecorded) {
        var told = unrecorded.subList(0, Math.min(MAX_TOLD, unrecorded.size()));
        if (!told.isEmpty()) {
            lastTold = Math.max(lastTold, told.getLast().sequence());
        }
        return List.copyOf(told);
    }

    /** Nothing when all of it was told before: a server has to record it first. */
    List<AgentEvent> news(List<AgentEvent> unrecorded) {
        var before = lastTold;
        var told = again(unrecorded);
        return lastTold > before ? told : List.of();
    }
}
