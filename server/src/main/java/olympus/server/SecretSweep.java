package olympus.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.StackName;
import olympus.server.deadline.Deadline;
import olympus.server.secrets.SecretStore;
import olympus.zeus.ClusterView;
import olympus.zeus.StackCommands;
import olympus.zeus.StackCommands.RevisionView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the secrets of stacks that have gone: with the first view of the cluster, and whenever a
 * stack disappears from it or an apply could not remove what it made unused. A sweep that fails is
 * made up for with the next view.
 *
 * <p>Threading: {@link #seen} on the controller's loop; the sweep, which waits for answers, on a
 * thread of its own.
 */
final class SecretSweep {

    private static final Logger LOG = LoggerFactory.getLogger(SecretSweep.class);

    private final SecretStore secrets;
    private final StackCommands commands;
    private final Deadline deadline;
    private final AtomicBoolean due = new AtomicBoolean(true);
    private Set<StackName> known = Set.of();

    SecretSweep(SecretStore secrets, StackCommands commands, Deadline deadline) {
        this.secrets = secrets;
        this.commands = commands;
        this.deadline = deadline;
    }

    void seen(ClusterView view) {
        var names =
                view.stacks().stream()
                        .map(ClusterView.StackView::name)
                        .collect(Collectors.toUnmodifiableSet());
        if (!names.containsAll(known) || secrets.hasLeftovers()) {
            due.set(true);
        }
        known = names;
        if (due.compareAndSet(true, false)) {
            Thread.ofVirtual().name("secret-sweep").start(this::sweep);
        }
    }

    private void sweep() {
        try {
            secrets.sweep(this::history);
        } catch (OlympusException e) {
            due.set(true);
            LOG.atWarn()
                    .addKeyValue("cause", e.getMessage())
                    .log(
                            "secrets of removed stacks were not removed; tried again with the next change");
        }
    }

    private List<RevisionView> history(StackName stack) {
        try {
            return deadline.await(commands.history(stack), "reading the history of " + stack);
        } catch (OlympusException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }
}
