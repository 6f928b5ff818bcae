package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * A file in which the owner of this machine says what others may do on it. One that others may
 * write would let them do what only the owner may.
 */
final class OwnersFile {

    private static final long MAX_BYTES = 256 * 1024;
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private OwnersFile() {}

    /**
     * @param user whose file it must be, unless it is root's
     * @throws java.nio.file.NoSuchFileException when there is none
     * @throws IOException also when it cannot be relied on, with what would be right
     */
    static String read(Path file, int user) throws IOException {
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
