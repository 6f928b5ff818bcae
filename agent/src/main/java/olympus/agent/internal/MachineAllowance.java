package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import olympus.foundation.Mask;

/**
 * What this machine lets others run on it: {@code D/fleet-exec.allow}, read for each command anew,
 * so that taking the file away forbids at once. Without the file nothing is allowed. Stateless;
 * blocks on the disk.
 *
 * @param user whose file it must be, unless it is root's
 */
record MachineAllowance(Path file, String node, Programs programs, int user) {

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
            var allowed = AllowedCommands.parse(OwnersFile.read(file, user));
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
}
