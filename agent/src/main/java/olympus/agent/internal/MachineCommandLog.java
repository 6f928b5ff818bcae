package olympus.agent.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import olympus.foundation.Clock;
import olympus.foundation.Durable;
import olympus.foundation.Mask;

/**
 * The machine's own record of the commands that others asked it to run, allowed or not: {@code
 * D/agent/fleet-exec.log}, a line each, for its owner's eyes alone (mode 0600). What looks like a
 * secret is hidden. At {@link #MAX_BYTES} the file becomes {@code fleet-exec.log.1}.
 *
 * <p>Threading: safe for use by any thread; blocks on the disk.
 */
final class MachineCommandLog {

    static final long MAX_BYTES = 4 << 20;

    private static final int MAX_LINE = 4_096;

    private final Path file;
    private final Clock clock;

    MachineCommandLog(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * @param id by which lines about one command are known
     * @param what e.g. {@code allowed}, {@code refused (why)}, {@code exited with 0}
     */
    synchronized void write(String id, String actor, List<String> command, String what)
            throws IOException {
        var text =
                "%s #%s %s: %s: %s"
                        .formatted(
                                clock.wall(),
                                id,
                                oneLine(actor),
                                oneLine(what),
                                oneLine(Mask.ofWords(command)));
        makeRoom();
        Files.writeString(
                file,
                text + "\n",
                UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    private void makeRoom() throws IOException {
        if (Files.exists(file) && Files.size(file) >= MAX_BYTES) {
            Durable.renameUnforced(file, file.resolveSibling(file.getFileName() + ".1"));
        }
        if (Files.notExists(file)) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static String oneLine(String text) {
        var plain = text.replaceAll("\\p{Cc}", " ");
        return plain.length() <= MAX_LINE ? plain : plain.substring(0, MAX_LINE - 1) + "…";
    }
}
