package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import olympus.model.stack.Probe;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;

/**
 * What this machine's owner lets the island start on it: {@code D/workloads.allow}, read each time
 * anew. Without the file everything is. Stateless; blocks on the disk.
 *
 * @param user the agent's, whose file it must be unless it is root's
 * @param userName its name, of processes that name none
 */
record WorkloadAllowance(Path file, String node, int user, String userName)
        implements Accounts.UserAllowance {

    /** Why it is not started here, as a sentence; empty when it may be. */
    Optional<String> refusal(ServiceDefinition definition) {
        return judged(allowed ->
                allowed.refusal(definition.workload(), userName, WorkloadAllowance::real)
                        .or(() -> ofProbe(definition, allowed)));
    }

    /**
     * Why nothing is run as this user, also no probe's command, nor a person's within a service;
     * empty when it may be.
     */
    @Override
    public Optional<String> refusal(Optional<String> declared) {
        return judged(allowed -> ofUser(declared, allowed));
    }

    private Optional<String> judged(Function<AllowedWorkloads, Optional<String>> judge) {
        try {
            return judge.apply(AllowedWorkloads.parse(OwnersFile.read(file, user)))
                    .map(why -> "%s does not take it: %s (%s there)".formatted(node, why, file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
            return Optional.of(
                    "%s takes nothing, because its file %s cannot be relied on: %s"
                            .formatted(node, file, e.getMessage()));
        }
    }

    private Optional<String> ofUser(Optional<String> declared, AllowedWorkloads allowed) {
        var process = new Workload.Process(List.of("sh"), declared, Optional.empty(), Map.of());
        return allowed.refusal(process, userName, WorkloadAllowance::real);
    }

    /** A unit's is a process of the agent's own user; others run where their instance does. */
    private Optional<String> ofProbe(ServiceDefinition definition, AllowedWorkloads allowed) {
        return definition
                .probe()
                .filter(probe -> definition.workload() instanceof Workload.Unit)
                .filter(probe -> probe.target() instanceof Probe.Target.Command)
                .flatMap(probe -> ofUser(Optional.empty(), allowed))
                .map(why -> "the command of its probe is one of this machine, and " + why);
    }

    /** Links followed as far as there is something: who can make links gains nothing by them. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            var parent = path.getParent();
            return parent == null ? path : real(parent).resolve(path.getFileName());
        } catch (IOException e) {
            throw new UncheckedIOException("following " + path, e);
        }
    }
}
