package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import olympus.foundation.Mask;

/**
 * What this machine lets others run on it: {@code D/fleet-exec.allow}, read for each command anew,
 * so that taking the file away forbids at once. Without the file nothing is allowed. Stateless;
 * blocks on the disk.
 *
 * @param user whose file it must be, unless it is root's
 */
record MachineAllowance(Path file, String node, Programs programs, int user) {

    private static final long MAX_BYTES = 256 * 1024;
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    sealed interface Judgement {

        record Allowed(Path program) implements Judgement {}

        /**
         * @param reason a sentence that says how it would be allowed
         */
        record Refused(String reason) implements Judgement {}
    }

    Judgement judge(List<String> command) {
        var shown = Mask.ofWords(command);
        try {
            var allowed = AllowedCommands.parse(read());
            var program = programs.find(command.getFirst());
            if (program.isEmpty()) {
                return new Judgement.Refused(
                        "\"%s\" is no program of %s that can be run; expected an absolute path without . and .., or a name in %s"
                                .formatted(command.getFirst(), node, programs.path()));
            }
            return allowed.allows(program.get(), command, programs::find)
                    ? new Judgement.Allowed(program.get())
                    : new Judgement.Refused(
                            "%s does not allow the command: no line of %s there is \"%s\""
                                    .formatted(node, file, shown));
        } catch (NoSuchFileException e) {
            return new Judgement.Refused(
                    "%s allows no commands: there is no file %s. To allow some, write them there, one on each line, e.g. uptime, or systemctl status *"
                            .formatted(node, file));
        } catch (IOException | IllegalArgumentException e) {
            return new Judgement.Refused(
                    "%s allows no commands, because its file %s cannot be relied on: %s"
                            .formatted(node, file, e.getMessage()));
        }
    }

    /** A file that others may write would let them do what only this machine's owner may. */
    private String read() throws IOException {
        Map<String, Object> about =
                Files.readAttributes(
                        file, "unix:uid,permissions,isRegularFile,size", LinkOption.NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(about.get("isRegularFile"))) {
            throw new IOException("it is no plain file");
        }
        if (about.get("uid") instanceof Integer owner && owner != 0 && owner != user) {
            throw new IOException(
                    "it belongs to user %d; expected root or the agent's own".formatted(owner));
        }
        if (about.get("permissions") instanceof Set<?> permissions
                && permissions.stream().anyMatch(OTHERS_WRITE::contains)) {
            throw new IOException(
                    "others than its owner may write it (%s); expected chmod go-w"
                            .formatted(
                                    PosixFilePermissions.toString(
                                            Files.getPosixFilePermissions(file))));
        }
        if (about.get("size") instanceof Long size && size > MAX_BYTES) {
            throw new IOException(
                    "it has %d bytes; expected at most %d".formatted(size, MAX_BYTES));
        }
        return Files.readString(file);
    }
}
