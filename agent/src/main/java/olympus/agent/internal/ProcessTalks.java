package olympus.agent.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ExecRequest;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;

/**
 * Starts commands beside the processes of instances: with their user, directory, environment and
 * limits. Threading: any thread; blocks.
 */
final class ProcessTalks {

    /** Takes the terminal, joins the groups, becomes the command. */
    private static final String BEGIN =
            """
            tty=$1; groups=$2; shift 2
            if [ -n "$tty" ]; then exec 0<>"$tty" 1>&0 2>&0; fi
            IFS=:
            for group in $groups; do echo $$ > "$group" || exit 125; done
            unset IFS
            exec "$@"
            """;

    private static final File NOTHING = new File("/dev/null");

    private final Accounts accounts;
    private final InstanceFolders folders;
    private final Limits limits;

    ProcessTalks(Accounts accounts, InstanceFolders folders, Limits limits) {
        this.accounts = accounts;
        this.folders = folders;
        this.limits = limits;
    }

    Talk start(PeoplesCommands.Target target, Workload.Process process, ExecRequest request)
            throws IOException {
        request.directory()
                .filter(directory -> !Path.of(directory).isAbsolute())
                .ifPresent(directory -> {
                    throw new OlympusException(
                            ErrorCode.INVALID,
                            "the working directory %s is not absolute".formatted(directory));
                });
        return switch (LaunchPlan.prepare(
                with(target.spec(), process, request), target.secrets(), accounts, folders)) {
            case LaunchPlan.Impossible impossible ->
                    throw new OlympusException(ErrorCode.INVALID, impossible.reason());
            case LaunchPlan.Ready ready -> start(target.spec(), ready, request);
        };
    }

    /** The same instance with another command. */
    private static InstanceSpec with(
            InstanceSpec spec, Workload.Process process, ExecRequest request) {
        var workload =
                new Workload.Process(
                        request.command(),
                        request.user().or(process::user),
                        request.directory().or(process::workingDirectory),
                        process.environment());
        var before = spec.definition();
        var definition =
                new ServiceDefinition(
                        before.name(),
                        workload,
                        before.ports(),
                        before.dependsOn(),
                        before.probe(),
                        before.recovery(),
                        before.deploy(),
                        before.stop(),
                        before.about());
        return new InstanceSpec(
                spec.id(),
                spec.runToken(),
                spec.desired(),
                spec.desiredReason(),
                definition,
                spec.directory(),
                spec.ports());
    }

    private Talk start(InstanceSpec spec, LaunchPlan.Ready ready, ExecRequest request)
            throws IOException {
        var applied = limits.apply(spec.id(), spec.definition().deploy().resources());
        var groups = applied.groups().stream().map(Path::toString).collect(Collectors.joining(":"));
        var pty =
                request.terminal().isPresent()
                        ? Optional.of(Pty.open(request.terminal().get()))
                        : Optional.<Pty>empty();
        var words = new ArrayList<>(ShimCommand.defaultSignalWords());
        words.addAll(List.of("setsid", "/bin/sh", "-c", BEGIN, "olympus-exec"));
        words.addAll(List.of(pty.map(Pty::path).orElse(""), groups));
        words.addAll(applied.words());
        words.addAll(ready.prefix());
        words.addAll(ready.command());
        var builder = new ProcessBuilder(words).directory(ready.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(ready.environment());
        builder.environment().putAll(request.environment());
        return pty.isPresent() ? onTerminal(builder, pty.get()) : onPipes(builder, request);
    }

    private static Talk onTerminal(ProcessBuilder builder, Pty pty) throws IOException {
        builder.redirectInput(NOTHING)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            return new DescriptorTalk(builder.start(), pty);
        } catch (IOException e) {
            Posix.close(pty.master());
            throw e;
        }
    }

    private static Talk onPipes(ProcessBuilder builder, ExecRequest request) throws IOException {
        var out = Posix.pipe();
        var err = Posix.pipe();
        try {
            // Opened anew by way of their names, they are not the non-blocking ones any more.
            builder.redirectOutput(new File("/proc/self/fd/" + out.writeEnd()))
                    .redirectError(new File("/proc/self/fd/" + err.writeEnd()));
            if (!request.input()) {
                builder.redirectInput(NOTHING);
            }
            return new DescriptorTalk(builder.start(), out.readEnd(), err.readEnd());
        } catch (IOException e) {
            Posix.close(out.readEnd());
            Posix.close(err.readEnd());
            throw e;
        } finally {
            Posix.close(out.writeEnd());
            Posix.close(err.writeEnd());
        }
    }
}
